// Opens and closes cards; all of them closed is the outline.
export function setOpen(card, isOpen) {
  card.classList.toggle("open", isOpen)
  for (const button of card.querySelectorAll("[data-open], [data-collapse]")) {
    button.setAttribute("aria-expanded", String(isOpen))
  }
  if (isOpen) card.dispatchEvent(new CustomEvent("card:opened", { bubbles: true }))
}

export function bindCollapse(list, foldAll) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-open], [data-collapse]")
    if (!button) return
    const card = button.closest("[data-card]")
    if (!card.classList.contains("for-deletion")) setOpen(card, !card.classList.contains("open"))
  })
  foldAll?.addEventListener("click", () => {
    const fold = foldAll.getAttribute("aria-pressed") !== "true"
    foldAll.setAttribute("aria-pressed", String(fold))
    for (const card of list.querySelectorAll("[data-card]")) setOpen(card, !fold)
  })
}
