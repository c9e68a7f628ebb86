// Keeps the headings of closed cards, the counts and the balance of the two sides true while one
// writes.
const parser = new DOMParser()
// Where one word ends though nothing stands between it and the next.
const BLOCK = /<(?=\/?(?:p|h[1-6]|li|ul|ol|blockquote|br|table|tr|th|td|figure|figcaption)\b)/g

function words(card) {
  const fields = card.querySelectorAll(".field-heading textarea, .field-body textarea")
  const text = [...fields].map((field) => {
    const html = field.value.replace(BLOCK, " <")
    return field.closest(".field-body")
      ? parser.parseFromString(html, "text/html").body.textContent
      : field.value
  })
  return text.join(" ").split(/\s+/).filter(Boolean).length
}

export function bindCounts(list) {
  const phrase = (count) => list.dataset.words.replace("{count}", count.toLocaleString())

  function refresh() {
    const sum = { text: 0, pro: 0, con: 0 }
    const points = { text: 0, pro: 0, con: 0 }
    for (const card of list.querySelectorAll("[data-card]:not(.for-deletion)")) {
      const { kind } = card.dataset
      const count = words(card)
      sum[kind] += count
      points[kind] += 1
      const place = card.querySelector("[data-card-words]")
      if (place) place.textContent = phrase(count)
    }
    for (const kind of ["pro", "con"]) {
      document.querySelector(`[data-count=${kind}]`).textContent = points[kind]
      document.querySelector(`[data-words=${kind}]`).textContent = phrase(sum[kind])
    }
    document.querySelector("[data-total-words]").textContent = phrase(sum.text + sum.pro + sum.con)
    const both = sum.pro + sum.con
    const share = both ? (100 * sum.pro) / both : 50
    const bar = document.querySelector("[data-share]")
    bar.setAttribute("width", share)
    for (const end of ["x1", "x2"]) bar.nextElementSibling.setAttribute(end, share)
  }

  let waiting
  list.addEventListener("input", (event) => {
    const heading = event.target.closest(".field-heading textarea")
    if (heading) {
      heading.closest("[data-card]").querySelector("[data-heading]").textContent = heading.value
    }
    clearTimeout(waiting)
    waiting = setTimeout(refresh, 300)
  })
  list.addEventListener("cards:changed", refresh)
  refresh()
}
