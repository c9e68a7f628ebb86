// Turns a textarea into the prose editor: what its field allows, and a toolbar for it.
import * as prose from "django-prose-editor/editor"

import { announce } from "desk/announce"
import { Figure } from "desk/figure"
import { clean, paragraphs } from "desk/paste"
import { link, toolbar } from "desk/toolbar"

// Its own menu has an icon font, it keeps the browser from checking the spelling, and its pictures
// are made of three parts where ours are one.
const LEFT_OUT = new Set(["Menu", "NoSpellCheck", "Image", "Caption"])

const OURS = {
  Figure,
  Table: prose.Table.extend({
    addKeyboardShortcuts() {
      return {
        ...this.parent?.(),
        // From the last cell the Tab key goes on in the page, and adds no row.
        Tab: () => this.editor.commands.goToNextCell(),
      }
    },
  }),
  Link: prose.Link.extend({
    addKeyboardShortcuts() {
      return {
        "Mod-k": ({ editor }) => {
          link(editor)
          return true
        },
      }
    },
  }),
}

function extensions(textarea) {
  const { extensions: chosen } = JSON.parse(textarea.dataset.djangoProseEditorDesk)
  return Object.entries(chosen)
    .map(([name, options]) => [name, OURS[name] || prose[name], options])
    .filter(([name, extension]) => extension && !LEFT_OUT.has(name))
    .map(([, extension, options]) =>
      typeof options === "object" ? extension.configure(options) : extension,
    )
}

const paste = prose.Extension.create({
  name: "cleanPaste",
  addProseMirrorPlugins() {
    return [
      new prose.Plugin({
        props: {
          transformPastedHTML(html) {
            const { html: cleaned, dropped } = clean(html)
            if (dropped) {
              announce(prose.gettext("Pictures do not come along. Add them from the library."))
            }
            return cleaned
          },
          clipboardTextParser(text, _context, _isPlain, { state }) {
            const { hardBreak, paragraph } = state.schema.nodes
            const nodes = paragraphs(text).map((lines) =>
              paragraph.create(
                null,
                lines.flatMap((line, index) => [
                  ...(index ? [hardBreak.create()] : []),
                  ...(line ? [state.schema.text(line)] : []),
                ]),
              ),
            )
            return new prose.pm.model.Slice(prose.pm.model.Fragment.from(nodes), 1, 1)
          },
        },
      }),
    ]
  },
})

// The browser tells of a selection that was made with keys in an event of its own, and on a busy
// machine the next key comes before it: Enter after End would replace what was selected until then.
const keys = prose.Extension.create({
  name: "keysMeetTheSelection",
  addProseMirrorPlugins() {
    return [
      new prose.Plugin({
        props: {
          handleDOMEvents: {
            keydown(view, event) {
              if (!event.isComposing) view.domObserver.flush()
              return false
            },
          },
        },
      }),
    ]
  },
})

export function makeEditor(textarea) {
  if (textarea.closest(".prose-editor")) return
  const label = document.querySelector(`label[for="${textarea.id}"]`)
  const editor = prose.createTextareaEditor(textarea, [...extensions(textarea), paste, keys])
  const box = editor.view.dom
  box.setAttribute("role", "textbox")
  box.setAttribute("aria-multiline", "true")
  if (label) {
    // The label belongs to what one writes in now.
    box.setAttribute("aria-label", label.textContent.trim())
    label.removeAttribute("for")
    label.addEventListener("click", () => editor.commands.focus())
  }
  box.before(toolbar(editor))
  textarea.dispatchEvent(
    new CustomEvent("prose-editor:ready", { bubbles: true, detail: { editor, textarea } }),
  )
}
