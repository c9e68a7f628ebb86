// What comes from Word, Google Docs or another page, as the markup that our editor makes. It works
// on strings and on a document that is never shown, so nothing of it runs or is asked for.
import { isOwn } from "desk/figure"

const GONE = "script, style, meta, link, title, noscript, template, object, iframe, svg, math, xml, "
  + "button, select, textarea, input, audio, video, canvas, hr, .MsoCommentReference, "
  + "[data-style*='mso-element:comment'], [data-style*='mso-hide:all'], [data-style*='display:none']"
const BLOCKS = "p, h1, h2, h3, h4, h5, h6, ul, ol, li, table, blockquote, figure, div, section, "
  + "article, main, header, footer, aside, pre, dl, dt, dd, center, address, td, th"
const KEPT = new Set(
  "p h3 h4 ul ol li blockquote br strong em a table thead tbody tr th td figure figcaption img".split(" "),
)
const LINES = new Set("p div section article main header footer aside pre dt dd center address".split(" "))
const ATTRIBUTES = {
  a: ["href"],
  th: ["colspan", "rowspan"],
  td: ["colspan", "rowspan"],
  img: ["src", "alt", "width", "height"],
}
const TRACKING = /^(utm_\w+|fbclid|gclid|dclid|msclkid|mc_cid|mc_eid|igshid|_hs\w+|yclid)$/i
const BLANK = /^[\s\u00a0\u200b]*$/

const style = (element) => element.dataset?.style ?? ""

// Styles and handlers count even in a document that nobody sees, and our policy forbids them.
const TAG = /<[a-z](?:"[^"]*"|'[^']*'|[^'">])*>/gi
const tame = (tag) => tag.replace(/([\s"'/])(style|on\w+)\s*=/gi, "$1data-$2=")

function parse(html) {
  const fragment = /<!--\s*StartFragment\s*-->([\s\S]*?)<!--\s*EndFragment\s*-->/i.exec(html)
  const harmless = (fragment ? fragment[1] : html)
    .replace(/<(style|script|xml)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replace(TAG, tame)
  return new DOMParser().parseFromString(harmless, "text/html").body
}

function unwrap(element) {
  element.replaceWith(...element.childNodes)
}

function rename(element, name) {
  const other = element.ownerDocument.createElement(name)
  for (const { name: attribute, value } of element.attributes) other.setAttribute(attribute, value)
  other.append(...element.childNodes)
  element.replaceWith(other)
  return other
}

function wrapContents(element, name) {
  const mark = element.ownerDocument.createElement(name)
  mark.append(...element.childNodes)
  element.append(mark)
}

// Word

const isWordItem = (element) => /mso-list:\s*\S+\s+level\d/.test(style(element))

// Word writes the items of a list as paragraphs with a level, and draws their bullets itself.
function listsOfWord(body) {
  const items = [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6, div")].filter(isWordItem)
  let open = []
  let last = null
  for (const item of items) {
    let before = item.previousSibling
    while (before && before.nodeType !== Node.ELEMENT_NODE && BLANK.test(before.textContent)) {
      before = before.previousSibling
    }
    if (!last || before !== last) open = []
    last = addItem(item, open)
  }
}

// `open` are the lists that stand in each other, and it is changed. Returns the outermost.
function addItem(item, open) {
  const level = Math.min(Number(/level(\d)/.exec(style(item))[1]), 9)
  const bullets = [...item.querySelectorAll("span")].filter((span) =>
    /mso-list:\s*ignore/i.test(style(span)),
  )
  const sign = bullets.map((span) => span.textContent).join("").replace(/[\s\u00a0]+/g, "")
  for (const bullet of bullets) bullet.remove()
  const name = /^\(?(\d+|[a-z]|[ivxlc]+)[.)]/i.test(sign) ? "ol" : "ul"
  open.length = Math.min(open.length, level)
  if (open.length === level && open.at(-1).localName !== name) open.pop()
  const document = item.ownerDocument
  while (open.length < level) {
    const list = document.createElement(name)
    const parent = open.at(-1)
    if (!parent) item.before(list)
    else {
      if (!parent.lastElementChild) parent.append(document.createElement("li"))
      parent.lastElementChild.append(list)
    }
    open.push(list)
  }
  const entry = document.createElement("li")
  entry.append(rename(item, "p"))
  entry.firstChild.removeAttribute("data-style")
  open.at(-1).append(entry)
  return open[0]
}

function headingsOfWord(body) {
  for (const line of body.querySelectorAll("p[class]")) {
    const name = /^(?:Mso)?(Title|Heading)(\d?)/.exec(line.className)
    if (name) rename(line, Number(name[2] || 1) > 3 ? "h4" : "h3")
  }
}

// Marks

function marks(body) {
  for (const element of body.querySelectorAll("b, strong, i, em, span, font, cite, dfn, var")) {
    const text = style(element)
    const isBold = /(^|[;\s])font-weight:\s*(bold|[6-9]00)/.test(text)
    const isItalic = /(^|[;\s])font-style:\s*(italic|oblique)/.test(text)
    const isPlain = {
      b: /(^|[;\s])font-weight:\s*(normal|[1-4]00)/,
      i: /(^|[;\s])font-style:\s*normal/,
    }
    const kind = { b: "b", strong: "b", i: "i", em: "i", cite: "i" }[element.localName]
    // Google Docs puts everything into one <b> that is not bold.
    const own = kind && !isPlain[kind].test(text) && !element.querySelector(BLOCKS) ? kind : ""
    // Headings are bold by themselves.
    const inHeading = element.closest("h1, h2, h3, h4, h5, h6, th")
    if ((own === "b" || isBold) && !inHeading) wrapContents(element, "strong")
    if (own === "i" || isItalic) wrapContents(element, "em")
    unwrap(element)
  }
}

// Links

export function cleanLink(href) {
  let url
  try {
    url = new URL(href)
  } catch {
    return ""
  }
  if (/^(www\.)?google\.[a-z.]+$/.test(url.hostname) && url.pathname === "/url") {
    return cleanLink(url.searchParams.get("q") || url.searchParams.get("url") || "")
  }
  if (url.protocol === "mailto:") return href
  if (!/^https?:$/.test(url.protocol)) return ""
  const tracking = [...url.searchParams.keys()].filter((name) => TRACKING.test(name))
  if (!tracking.length) return href
  for (const name of tracking) url.searchParams.delete(name)
  return url.href
}

function links(body) {
  for (const element of body.querySelectorAll("a")) {
    const href = element.getAttribute("href") || ""
    const kept = /^\/(?!\/)/.test(href) ? href : cleanLink(href)
    if (kept && !BLANK.test(element.textContent)) element.setAttribute("href", kept)
    else unwrap(element)
  }
}

// Lists, tables, pictures, lines

function lists(body) {
  for (const list of body.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol")) {
    const before = list.previousElementSibling
    if (before?.localName === "li") before.append(list)
    else {
      const item = list.ownerDocument.createElement("li")
      list.before(item)
      item.append(list)
    }
  }
}

function tables(body) {
  for (const inner of body.querySelectorAll("table table")) {
    for (const cell of inner.querySelectorAll("td, th")) cell.append(" ")
    inner.replaceWith(inner.textContent.replace(/\s+/g, " "))
  }
  for (const line of body.querySelectorAll(":is(td, th) :is(h1, h2, h3, h4, h5, h6)")) {
    rename(line, "p")
  }
  for (const caption of body.querySelectorAll("caption")) {
    const table = caption.closest("table")
    table.before(rename(caption, "p"))
  }
  // A table that only lays out one column is no table.
  for (const table of body.querySelectorAll("table")) {
    const rows = [...table.rows]
    if (rows.every((row) => row.cells.length < 2) && !table.querySelector("th")) {
      for (const cell of table.querySelectorAll("td")) rename(cell, "div")
      for (const part of table.querySelectorAll("tbody, thead, tfoot, tr, colgroup, col")) unwrap(part)
      unwrap(table)
    }
  }
}

function pictures(body) {
  let dropped = 0
  for (const image of body.querySelectorAll("img, picture > source")) {
    if (image.localName === "img" && isOwn(image.getAttribute("src"))) continue
    const isPixel = image.getAttribute("width") === "1" || image.getAttribute("height") === "1"
    if (image.localName === "img" && !isPixel) dropped += 1
    image.remove()
  }
  for (const figure of body.querySelectorAll("figure")) {
    if (!figure.querySelector("img")) {
      for (const caption of figure.querySelectorAll("figcaption")) rename(caption, "p")
      unwrap(figure)
    }
  }
  return dropped
}

const HEADINGS = { h1: "h3", h2: "h3", h5: "h4", h6: "h4" }

function lines(body) {
  // From within: a box that holds no block is a paragraph.
  for (const element of [...body.querySelectorAll("*")].reverse()) {
    const name = element.localName
    if (HEADINGS[name]) rename(element, HEADINGS[name])
    else if (LINES.has(name) && name !== "p") {
      if (element.querySelector(BLOCKS)) unwrap(element)
      else if (element.closest("li, td, th") && element.parentElement.childNodes.length === 1) {
        unwrap(element)
      } else rename(element, "p")
    } else if (!KEPT.has(name)) unwrap(element)
  }
}

function attributes(body) {
  for (const element of body.querySelectorAll("*")) {
    const kept = ATTRIBUTES[element.localName] || []
    for (const { name } of [...element.attributes]) {
      if (!kept.includes(name)) element.removeAttribute(name)
    }
  }
}

function spaces(body) {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const text = walker.currentNode
    text.data = text.data.replace(/[\u200b\ufeff\u00ad]/g, "").replace(/[\s\u00a0]{2,}/g, " ")
  }
}

function blanks(body) {
  for (const line of body.querySelectorAll("p, h3, h4")) {
    if (BLANK.test(line.textContent) && !line.closest("td, th") && !line.querySelector("img")) {
      line.remove()
    }
  }
  for (const mark of body.querySelectorAll("strong, em")) {
    if (BLANK.test(mark.textContent)) unwrap(mark)
  }
  for (const list of body.querySelectorAll("ul, ol")) {
    if (!list.querySelector("li")) list.remove()
  }
  const hasBlocks = body.querySelector("p, h3, h4, ul, ol, table, blockquote")
  if (hasBlocks) for (const end of body.querySelectorAll(":scope > br")) end.remove()
}

// Of its own editor nothing is changed but what the policy forbids.
function ownSlice(html) {
  const body = parse(html)
  const dropped = pictures(body)
  return { html: body.innerHTML, dropped }
}

export function clean(html) {
  if (/<[a-z][^>]* data-pm-slice=/i.test(html)) return ownSlice(html)
  const body = parse(html)
  for (const element of body.querySelectorAll(GONE)) element.remove()
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT)
  const comments = []
  while (walker.nextNode()) comments.push(walker.currentNode)
  for (const comment of comments) comment.remove()
  const dropped = pictures(body)
  listsOfWord(body)
  headingsOfWord(body)
  links(body)
  marks(body)
  tables(body)
  lists(body)
  lines(body)
  attributes(body)
  spaces(body)
  blanks(body)
  return { html: body.innerHTML, dropped }
}

// Plain text: a blank line ends a paragraph, a single break is one.
export const paragraphs = (text) =>
  text
    .replace(/\r\n?/g, "\n")
    .trim()
    .split(/\n[ \t\u00a0]*\n\s*/)
    .map((paragraph) => paragraph.split("\n").map((line) => line.trim()))
    .filter((lines) => lines.some(Boolean))
