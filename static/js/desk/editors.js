// Makes editors where one can see them: in closed cards not before they are opened, and far down
// the page not before one comes there, so that an article with many sections opens as fast as a
// short one.
import { makeEditor } from "desk/prose"

const SELECTOR = "textarea[data-django-prose-editor-desk]"

const later = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) make(target)
    }
  },
  { rootMargin: "100% 0px" },
)

function make(textarea) {
  later.unobserve(textarea)
  const card = textarea.closest("[data-card]")
  if (!card || card.classList.contains("open")) makeEditor(textarea)
}

function isNear(textarea) {
  const { top, bottom } = textarea.getBoundingClientRect()
  return bottom > -window.innerHeight && top < 2 * window.innerHeight
}

function makeEditors(root) {
  for (const textarea of root.querySelectorAll(SELECTOR)) {
    if (!textarea.closest("[data-card]:not(.open)")) {
      if (isNear(textarea)) make(textarea)
      else later.observe(textarea)
    }
  }
}

makeEditors(document)
for (const name of ["card:opened", "formset:added"]) {
  document.addEventListener(name, (event) => makeEditors(event.target))
}

// A heading is one paragraph in a box that grows; Enter goes on to what is written below it.
const FIELDS = "textarea, input:not([type=hidden]), select, .ProseMirror"
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-one-line]") || event.isComposing) return
  event.preventDefault()
  const fields = [...event.target.form.querySelectorAll(FIELDS)]
  const next = fields.slice(fields.indexOf(event.target) + 1).find((field) => field.checkVisibility())
  next?.focus()
})
