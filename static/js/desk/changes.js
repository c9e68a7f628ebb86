// n and p, and the two buttons, go to the next and the previous change.
const changes = [...document.querySelectorAll("[data-change]")]

function jump(step) {
  const line = 120
  const tops = changes.map((change) => change.getBoundingClientRect().top)
  const here = changes.indexOf(document.activeElement?.closest("[data-change]"))
  let next = here + step
  if (here < 0) {
    const below = tops.findIndex((top) => top > line)
    next = step > 0 ? below : (below < 0 ? changes.length : below) - 1
  }
  const change = changes.at(Math.min(Math.max(next, 0), changes.length - 1))
  change?.focus({ preventScroll: true })
  change?.scrollIntoView({ block: "start" })
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (event.target.closest("input, select, textarea, [contenteditable]")) return
  if (event.key === "n") jump(1)
  if (event.key === "p") jump(-1)
})
for (const button of document.querySelectorAll("[data-jump]")) {
  button.addEventListener("click", () => jump(Number(button.dataset.jump)))
}
