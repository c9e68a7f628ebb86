// The order of the cards: the order in the page is the order on paper, for the eye, for the Tab
// key and for the numbers that are sent.
import { announce, fill } from "desk/announce"

export class Cards {
  constructor(list) {
    this.list = list
    this.words = list.dataset
    list.addEventListener("click", (event) => this.#moveByButton(event))
    list.addEventListener("keydown", (event) => this.#moveByKey(event))
    this.update()
  }

  get slots() {
    return [...this.list.children]
  }

  get all() {
    return this.slots.map((slot) => slot.querySelector("[data-card]"))
  }

  name(card) {
    const name = card.querySelector("[data-name]").textContent
    const heading = card.querySelector("[data-heading]").textContent
    return card.dataset.kind === "text" && heading ? `${name} “${heading}”` : name
  }

  // Puts a card before or after another; without another, at the start.
  put(card, other, after = true) {
    const slot = card.closest("[data-slot]")
    if (!other) this.list.prepend(slot)
    else other.closest("[data-slot]")[after ? "after" : "before"](slot)
    this.update()
  }

  move(card, step) {
    const cards = this.all
    const place = cards.indexOf(card) + step
    const other = cards[place]
    if (!other) return false
    const focused = document.activeElement
    this.put(card, other, step > 0)
    if (card.contains(focused)) focused.focus()
    card.scrollIntoView({ block: "nearest" })
    announce(
      fill(this.words.moved, { name: this.name(card), place: place + 1, total: cards.length }),
    )
    return true
  }

  update() {
    const numbers = { pro: 0, con: 0 }
    const cards = this.all
    cards.forEach((card, index) => {
      const input = card.querySelector("[data-ordering]")
      if (input) input.value = 10 * (index + 1)
      this.#number(card, numbers)
      const [up, down] = ["up", "down"].map((way) => card.querySelector(`[data-move=${way}]`))
      if (up) up.disabled = index === 0
      if (down) down.disabled = index === cards.length - 1
    })
    this.list.dispatchEvent(new CustomEvent("cards:changed", { bubbles: true }))
  }

  #number(card, numbers) {
    const { kind } = card.dataset
    if (!(kind in numbers)) return
    const isKept = !card.classList.contains("for-deletion")
    card.querySelector("[data-name]").textContent = isKept
      ? `${this.words[kind]} ${++numbers[kind]}`
      : this.words[kind]
  }

  #moveByButton(event) {
    const button = event.target.closest("[data-move]")
    if (!button) return
    const card = button.closest("[data-card]")
    this.move(card, button.dataset.move === "up" ? -1 : 1)
    // At the end of the list the button that was pressed is off.
    if (button.disabled) card.querySelector("[data-move]:enabled")?.focus()
    else button.focus()
  }

  #moveByKey(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (!step || !event.altKey || !event.target.closest("button, h3")) return
    const card = event.target.closest("[data-card]")
    if (card) {
      event.preventDefault()
      this.move(card, step)
    }
  }
}
