// The buttons over a text. One stop for the Tab key: arrows go from one to the next, Escape goes
// back into the text, and Alt+F10 comes from there.
import { gettext, updateAttrsDialog } from "django-prose-editor/editor"

import { announce } from "desk/announce"
import { addPicture } from "desk/figure"

const HEADER = { rows: 3, cols: 2, withHeaderRow: true }
const inTable = (editor) => editor.isActive("table")
const inLink = (editor) => editor.isActive("link")

// Only pages that have the picker offer new pictures.
const hasLibrary = (() => {
  try {
    return Boolean(import.meta.resolve("desk/pictures"))
  } catch {
    return false
  }
})()

// What it does, its name (none that a control outside of the text has), its sign, and when it is pressed, off or not there at all.
const TOOLS = [
  { run: (chain) => chain.undo(), name: gettext("Take back"), sign: "#i-undo" },
  { run: (chain) => chain.redo(), name: gettext("Redo"), sign: "#i-redo" },
  null,
  { run: (chain) => chain.toggleBold(), name: gettext("Bold"), sign: "B", is: ["bold"] },
  { run: (chain) => chain.toggleItalic(), name: gettext("Italic"), sign: "I", is: ["italic"] },
  { act: link, name: gettext("Link"), sign: "#i-link", is: ["link"] },
  {
    run: (chain) => chain.extendMarkRange("link").unsetLink(),
    name: gettext("Remove the address"),
    sign: "#i-x",
    when: inLink,
  },
  null,
  {
    run: (chain) => chain.toggleHeading({ level: 3 }),
    name: gettext("Subhead"),
    sign: "H",
    is: ["heading", { level: 3 }],
  },
  {
    run: (chain) => chain.toggleHeading({ level: 4 }),
    name: gettext("Small subhead"),
    sign: "h",
    is: ["heading", { level: 4 }],
  },
  {
    run: (chain) => chain.toggleBulletList(),
    name: gettext("Bulleted list"),
    sign: "#i-list",
    is: ["bulletList"],
  },
  {
    run: (chain) => chain.toggleOrderedList(),
    name: gettext("Numbered list"),
    sign: "#i-olist",
    is: ["orderedList"],
  },
  {
    run: (chain) => chain.toggleBlockquote(),
    name: gettext("Quotation"),
    sign: "#i-quote",
    is: ["blockquote"],
  },
  {
    run: (chain) => chain.insertTable(HEADER),
    name: gettext("Insert table"),
    sign: "#i-table",
    when: (editor) => !inTable(editor),
  },
  {
    act: addPicture,
    name: gettext("Insert picture"),
    sign: "#i-image",
    is: ["figure"],
    when: (editor) => hasLibrary || editor.isActive("figure"),
  },
  { break: true, when: inTable },
  { run: (chain) => chain.addRowAfter(), name: gettext("Add row below"), sign: "#i-row-add", when: inTable },
  { run: (chain) => chain.deleteRow(), name: gettext("Remove row"), sign: "#i-row-remove", when: inTable },
  {
    run: (chain) => chain.addColumnAfter(),
    name: gettext("Add column after"),
    sign: "#i-column-add",
    when: inTable,
  },
  {
    run: (chain) => chain.deleteColumn(),
    name: gettext("Remove column"),
    sign: "#i-column-remove",
    when: inTable,
  },
  {
    run: (chain) => chain.toggleHeaderRow(),
    name: gettext("Header row"),
    sign: "#i-row-head",
    when: inTable,
  },
  { run: (chain) => chain.deleteTable(), name: gettext("Remove table"), sign: "#i-trash", when: inTable },
]

const linkDialog = updateAttrsDialog(
  {
    href: {
      title: gettext("Address (URL)"),
      description: gettext(" https://…, mailto:… or a place of this site, such as /people/ada/"),
      format: "text",
      required: true,
    },
  },
  { title: gettext("Link"), submitText: gettext("Update") },
)

// As one says it: "example.org" and "ada@example.org" are addresses, too.
export function address(typed) {
  const text = typed.trim()
  if (/^(https?:|mailto:|#|\/(?!\/))/i.test(text)) return text
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(text)) return `mailto:${text}`
  return /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(text) ? "" : `https://${text.replace(/^\/+/, "")}`
}

export async function link(editor) {
  // What was just selected by keys is known a moment later.
  await new Promise((done) => requestAnimationFrame(done))
  const hasWords = !editor.state.selection.empty || inLink(editor)
  if (!hasWords) {
    announce(gettext("Select the words that should be a link first."))
    editor.commands.focus()
    return
  }
  const typed = await linkDialog(editor, editor.getAttributes("link"))
  const chain = editor.chain().focus().extendMarkRange("link")
  const href = typed && address(typed.href)
  if (href) chain.setLink({ href })
  else if (typed) announce(gettext("This address cannot be a link."))
  chain.run()
}

function icon(sign) {
  if (!sign.startsWith("#")) {
    const tags = { B: "b", I: "i" }
    const letter = document.createElement(tags[sign] || "span")
    letter.textContent = sign.toUpperCase()
    if (sign === "h") letter.className = "small"
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

function makeButton(editor, tool) {
  const button = document.createElement("button")
  button.type = "button"
  button.className = "prose-menubar__button"
  button.setAttribute("aria-label", tool.name)
  button.title = tool.name
  button.tabIndex = -1
  button.append(icon(tool.sign))
  // The editor keeps its focus and its selection.
  button.addEventListener("mousedown", (event) => event.preventDefault())
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") === "true") return
    if (tool.act) tool.act(editor)
    else tool.run(editor.chain().focus()).run()
  })
  return button
}

function refresh(editor, { tool, element }) {
  if (tool.when) element.hidden = !tool.when(editor)
  if (tool.is) {
    const isActive = editor.isActive(...tool.is)
    element.classList.toggle("active", isActive)
    element.setAttribute("aria-pressed", String(isActive))
  }
  if (tool.sign === "#i-undo" || tool.sign === "#i-redo") {
    element.setAttribute("aria-disabled", String(!tool.run(editor.can().chain()).run()))
  }
}

export function toolbar(editor) {
  const bar = document.createElement("div")
  bar.className = "prose-menubar"
  bar.setAttribute("role", "toolbar")
  bar.setAttribute("aria-label", gettext("Format"))
  const parts = TOOLS.map((tool) => {
    if (tool && !tool.break) return { tool, element: makeButton(editor, tool) }
    const element = document.createElement("span")
    element.className = "prose-menubar__gap"
    return { tool: tool || {}, element }
  })
  bar.append(...parts.map(({ element }) => element))
  const buttons = () => [...bar.querySelectorAll("button:not([hidden])")]
  const stop = (button) => {
    for (const other of bar.querySelectorAll("button")) other.tabIndex = other === button ? 0 : -1
  }

  let waiting = 0
  function update() {
    waiting = 0
    for (const part of parts) refresh(editor, part)
    const shown = buttons()
    if (!shown.some((button) => button.tabIndex === 0)) stop(shown[0])
  }
  // One look after all that a key did.
  editor.on("transaction", () => (waiting ||= requestAnimationFrame(update)))
  update()

  bar.addEventListener("focusin", (event) => stop(event.target))
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") editor.commands.focus()
    const all = buttons()
    const now = all.indexOf(document.activeElement)
    const isLeftToRight = getComputedStyle(bar).direction === "ltr" ? 1 : -1
    const next = {
      ArrowLeft: now - isLeftToRight,
      ArrowRight: now + isLeftToRight,
      Home: 0,
      End: all.length - 1,
    }[event.key]
    if (next === undefined) return
    event.preventDefault()
    all[(next + all.length) % all.length].focus()
  })
  editor.view.dom.addEventListener("keydown", (event) => {
    if (event.key !== "F10" || !event.altKey) return
    event.preventDefault()
    bar.querySelector("button[tabindex='0']").focus()
  })
  return bar
}
