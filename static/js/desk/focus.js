// The subject of a picture: a click on it fills the two numbers, and a cross shows where they are.
const frame = document.querySelector("[data-focus]")
const [x, y] = ["x", "y"].map((axis) => document.querySelector(`input[name=focal_${axis}]`))

if (frame && x && y) {
  const namespace = "http://www.w3.org/2000/svg"
  const svg = document.createElementNS(namespace, "svg")
  svg.setAttribute("aria-hidden", "true")
  const lines = ["x", "y"].flatMap((axis) =>
    ["under", "over"].map((name) => {
      const line = document.createElementNS(namespace, "line")
      line.dataset.axis = axis
      line.setAttribute("class", name)
      svg.append(line)
      return line
    }),
  )
  frame.append(svg)
  frame.classList.add("can-be-set")

  const draw = () => {
    for (const line of lines) {
      const [axis, other, value] = line.dataset.axis === "x" ? ["x", "y", x.value] : ["y", "x", y.value]
      for (const end of [1, 2]) line.setAttribute(axis + end, `${value || 50}%`)
      line.setAttribute(`${other}1`, "0%")
      line.setAttribute(`${other}2`, "100%")
    }
  }

  frame.addEventListener("click", (event) => {
    const box = frame.getBoundingClientRect()
    const percent = (at, size) => Math.min(100, Math.max(0, Math.round((100 * at) / size)))
    x.value = percent(event.clientX - box.left, box.width)
    y.value = percent(event.clientY - box.top, box.height)
    draw()
  })
  for (const field of [x, y]) field.addEventListener("input", draw)
  draw()
} else {
  // Who may only look gets no hint to click.
  document.querySelector("[data-focus-hint]")?.remove()
}
