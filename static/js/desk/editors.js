// Makes editors where one can see them: in closed cards not before they are opened, so that an
// article with many sections opens as fast as a short one.
import { makeEditor } from "desk/prose"

const SELECTOR = "textarea[data-django-prose-editor-desk]"

function makeEditors(root) {
  for (const textarea of root.querySelectorAll(SELECTOR)) {
    const card = textarea.closest("[data-card]")
    if (!card || card.classList.contains("open")) makeEditor(textarea)
  }
}

makeEditors(document)
for (const name of ["card:opened", "formset:added"]) {
  document.addEventListener(name, (event) => makeEditors(event.target))
}

// A heading is one paragraph in a box that grows.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-one-line]")) event.preventDefault()
})
