// Turns a textarea into the prose editor: what its field allows, and a toolbar for it.
import * as prose from "django-prose-editor/editor"

import { announce } from "desk/announce"

const { gettext } = prose
// Its own menu has an icon font, and it keeps the browser from checking the spelling.
const LEFT_OUT = new Set(["Menu", "NoSpellCheck"])

const TOOLS = [
  ["bold", gettext("Bold"), "B", (chain) => chain.toggleBold()],
  ["italic", gettext("Italic"), "I", (chain) => chain.toggleItalic()],
  ["link", gettext("Link"), "#i-link", null],
  ["bulletList", gettext("Bulleted list"), "#i-list", (chain) => chain.toggleBulletList()],
  ["orderedList", gettext("Numbered list"), "#i-olist", (chain) => chain.toggleOrderedList()],
  ["blockquote", gettext("Quotation"), "#i-quote", (chain) => chain.toggleBlockquote()],
]

function extensions(textarea) {
  const { extensions: chosen } = JSON.parse(textarea.dataset.djangoProseEditorDesk)
  return Object.entries(chosen)
    .filter(([name]) => prose[name] && !LEFT_OUT.has(name))
    .map(([name, options]) =>
      typeof options === "object" ? prose[name].configure(options) : prose[name],
    )
}

function icon(sign) {
  if (!sign.startsWith("#")) {
    const letter = document.createElement(sign.toLowerCase())
    letter.textContent = sign
    return letter
  }
  const namespace = "http://www.w3.org/2000/svg"
  const svg = document.createElementNS(namespace, "svg")
  svg.setAttribute("class", "i")
  svg.setAttribute("aria-hidden", "true")
  svg.append(document.createElementNS(namespace, "use"))
  svg.firstChild.setAttribute("href", sign)
  return svg
}

function link(editor) {
  if (!editor.state.selection.empty || editor.isActive("link")) {
    editor.chain().focus().addLink().run()
  } else {
    announce(gettext("Select the words that should be a link first."))
    editor.commands.focus()
  }
}

function toolbar(editor) {
  const bar = document.createElement("div")
  bar.className = "prose-menubar"
  bar.setAttribute("role", "toolbar")
  bar.setAttribute("aria-label", gettext("Format"))
  const buttons = TOOLS.map(([name, label, sign, change], index) => {
    const button = document.createElement("button")
    button.type = "button"
    button.className = "prose-menubar__button"
    button.setAttribute("aria-label", label)
    button.setAttribute("aria-pressed", "false")
    button.title = label
    // One stop for the Tab key; the arrows go on from there.
    button.tabIndex = index ? -1 : 0
    button.append(icon(sign))
    // The editor keeps its focus and its selection.
    button.addEventListener("mousedown", (event) => event.preventDefault())
    button.addEventListener("click", () =>
      change ? change(editor.chain().focus()).run() : link(editor),
    )
    editor.on("transaction", () => {
      const isActive = editor.isActive(name)
      button.classList.toggle("active", isActive)
      button.setAttribute("aria-pressed", String(isActive))
    })
    return button
  })
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!step) return
    event.preventDefault()
    const now = buttons.indexOf(document.activeElement)
    const next = buttons[(now + step + buttons.length) % buttons.length]
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1
    next.focus()
  })
  bar.append(...buttons)
  return bar
}

export function makeEditor(textarea) {
  if (textarea.closest(".prose-editor")) return
  const label = document.querySelector(`label[for="${textarea.id}"]`)
  const editor = prose.createTextareaEditor(textarea, extensions(textarea))
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
