// A picture with its caption between two paragraphs. The words that stand for the picture and its
// size are attributes; the caption is text like any other.
import { gettext, mergeAttributes, Node, updateAttrsDialog } from "django-prose-editor/editor"

const ATTRIBUTES = ["src", "alt", "width", "height"]
// The sanitiser decides; this keeps pictures of other sites from being asked for at all.
export const isOwn = (address) => Boolean(address?.startsWith("/media/"))

function read(element) {
  const image = element.matches("img") ? element : element.querySelector("img")
  if (!isOwn(image?.getAttribute("src"))) return false
  return Object.fromEntries(ATTRIBUTES.map((name) => [name, image.getAttribute(name)]))
}

function picture({ src, alt, width, height }) {
  return { src, alt: alt ?? "", ...(width && height ? { width, height } : {}) }
}

export const Figure = Node.create({
  name: "figure",
  group: "block",
  content: "inline*",
  isolating: true,
  draggable: false,

  addAttributes() {
    return Object.fromEntries(ATTRIBUTES.map((name) => [name, { default: null, rendered: false }]))
  },

  parseHTML() {
    return [
      {
        tag: "figure",
        getAttrs: read,
        contentElement: (element) =>
          element.querySelector("figcaption") || document.createElement("figcaption"),
      },
      { tag: "img[src]", getAttrs: read },
    ]
  },

  renderHTML({ node, HTMLAttributes }) {
    return ["figure", mergeAttributes(HTMLAttributes), ["img", picture(node.attrs)], ["figcaption", 0]]
  },

  addNodeView() {
    return ({ node }) => {
      const dom = document.createElement("figure")
      const image = document.createElement("img")
      const contentDOM = document.createElement("figcaption")
      contentDOM.dataset.hint = gettext("Caption, if it needs one")
      image.draggable = false
      image.contentEditable = "false"
      dom.append(image, contentDOM)
      function show(attributes) {
        for (const name of ATTRIBUTES) image.removeAttribute(name)
        for (const [name, value] of Object.entries(picture(attributes))) image.setAttribute(name, value)
      }
      show(node.attrs)
      return {
        dom,
        contentDOM,
        update(changed) {
          if (changed.type.name !== "figure") return false
          show(changed.attrs)
          return true
        },
        ignoreMutation: (mutation) =>
          mutation.type !== "selection" && !contentDOM.contains(mutation.target),
      }
    }
  },

  addKeyboardShortcuts() {
    return {
      // A caption is one paragraph: Enter leaves it.
      Enter: ({ editor }) => {
        if (!editor.isActive("figure")) return false
        const after = editor.state.selection.$from.after()
        return editor.chain().insertContentAt(after, { type: "paragraph" }).focus(after + 1).run()
      },
    }
  },
})

const describe = updateAttrsDialog(
  {
    alt: {
      title: gettext("What the picture shows"),
      description: gettext(" For those who cannot see it. Empty if it is only decoration."),
      format: "textarea",
    },
  },
  { title: gettext("Picture"), submitText: gettext("Apply") },
)

// In a picture: what it shows, in words. Elsewhere: a picture of the library.
export async function addPicture(editor) {
  if (editor.isActive("figure")) {
    const changed = await describe(editor, editor.getAttributes("figure"))
    const chain = editor.chain().focus()
    if (changed) chain.updateAttributes("figure", { alt: changed.alt.trim() })
    chain.run()
    return
  }
  const { pickPicture } = await import("desk/pictures")
  const chosen = await pickPicture()
  if (!chosen) {
    editor.commands.focus()
    return
  }
  const { url, width, height, alt } = chosen
  const attrs = { src: url, width, height, alt: alt ?? "" }
  editor.chain().focus().insertContent({ type: "figure", attrs }).run()
}
