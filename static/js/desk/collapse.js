// Opens and closes cards; all of them closed is the outline.
export function setOpen(card, isOpen) {
  card.classList.toggle("open", isOpen)
  for (const button of card.querySelectorAll("[data-open], [data-collapse]")) {
    button.setAttribute("aria-expanded", String(isOpen))
  }
  const name = isOpen ? "card:opened" : "card:folded"
  card.dispatchEvent(new CustomEvent(name, { bubbles: true }))
}

export function bindCollapse(list, foldAll) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-open], [data-collapse]")
    if (!button) return
    const card = button.closest("[data-card]")
    if (!card.classList.contains("for-deletion")) setOpen(card, !card.classList.contains("open"))
  })
  if (!foldAll) return
  const isOutline = () => !list.querySelector("[data-card].open")
  for (const name of ["card:opened", "card:folded"]) {
    list.addEventListener(name, () => foldAll.setAttribute("aria-pressed", String(isOutline())))
  }
  foldAll.addEventListener("click", () => {
    const isOpen = isOutline()
    for (const card of list.querySelectorAll("[data-card]:not(.for-deletion)")) {
      setOpen(card, isOpen)
    }
  })
}
