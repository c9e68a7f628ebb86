// The order of the cards: the order in the page is the order on paper, for the eye, for the Tab
// key and for the numbers that are sent.
import { announce, fill } from "desk/announce"
import { placed } from "desk/places"

export class Cards {
  constructor(list) {
    this.list = list
    this.words = list.dataset
    list.addEventListener("click", (event) => this.#moveByButton(event))
    list.addEventListener("keydown", (event) => this.#onKey(event))
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

  // What one says of a card: its name and its place.
  tell(card, words) {
    const place = this.all.indexOf(card) + 1
    announce(fill(words, { name: this.name(card), place, total: this.all.length }))
  }

  // Puts a card to a place, counted from 0 among all others.
  put(card, place) {
    const slot = card.closest("[data-slot]")
    const others = this.slots.filter((other) => other !== slot)
    if (place) others[place - 1].after(slot)
    else this.list.prepend(slot)
    this.update()
  }

  move(card, step) {
    const cards = this.all
    const other = cards[cards.indexOf(card) + step]
    if (!other) return false
    // The neighbour moves past it: so it keeps its focus and its scroll.
    const [slot, neighbour] = [card, other].map((each) => each.closest("[data-slot]"))
    slot[step > 0 ? "before" : "after"](neighbour)
    this.update()
    card.querySelector("h3").scrollIntoView({ block: "nearest" })
    this.tell(card, this.words.moved)
    return true
  }

  update() {
    const numbers = { pro: 0, con: 0 }
    const cards = this.all
    const places = cards.map((card) => card.querySelector("[data-ordering]"))
    if (places.every(Boolean)) {
      const now = placed(places.map((input) => Number.parseInt(input.value, 10)))
      places.forEach((input, index) => (input.value = now[index]))
    }
    cards.forEach((card, index) => {
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

  // With Alt, arrows move a card; without it, they go from one card to the next.
  #onKey(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    const card = event.target.closest("[data-card]")
    if (!step || !card || event.ctrlKey || event.metaKey || event.defaultPrevented) return
    if (event.altKey) {
      if (!event.target.closest("button, h3, [data-one-line]")) return
      event.preventDefault()
      this.move(card, step)
    } else if (event.target.matches("[data-open], [data-grip]")) {
      event.preventDefault()
      const cards = this.all
      const same = event.target.matches("[data-grip]") ? "[data-grip]" : "[data-open]"
      cards[cards.indexOf(card) + step]?.querySelector(same)?.focus()
    }
  }
}
