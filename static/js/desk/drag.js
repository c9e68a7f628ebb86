// Cards are taken by their grip and put elsewhere: with a mouse, a finger or a pen by dragging,
// with the keyboard by Space, the arrows and Enter. Escape puts a card back.
const FAR_ENOUGH = 4
// So close to the edge of the window the page scrolls, and so many pixels a frame at most.
const EDGE = 90
const SPEED = 22

class Drag {
  constructor(cards, grip, event) {
    this.cards = cards
    this.grip = grip
    this.card = grip.closest("[data-card]")
    this.pointer = event.pointerId
    this.startY = this.y = event.clientY
    this.x = event.clientX
    this.place = null
  }

  get hasBegun() {
    return Boolean(this.ghost)
  }

  follow(event) {
    this.x = event.clientX
    this.y = event.clientY
    if (!this.hasBegun && Math.abs(this.y - this.startY) >= FAR_ENOUGH) this.#begin()
  }

  #begin() {
    this.ghost = document.createElement("div")
    this.ghost.className = `drag-ghost kind-${this.card.dataset.kind}`
    this.ghost.textContent = this.cards.name(this.card)
    document.body.append(this.ghost)
    this.card.classList.add("dragging")
    this.cards.list.classList.add("has-dragging")
    this.#frame()
  }

  // Once for each picture that the screen shows, also while the finger rests at an edge.
  #frame() {
    if (!this.hasBegun) return
    this.ghost.style.translate = `${this.x + 14}px ${this.y - 20}px`
    const [top, bottom] = [EDGE - this.y, this.y - (window.innerHeight - EDGE)]
    const over = Math.max(top, bottom)
    if (over > 0) {
      const speed = Math.min(SPEED, Math.ceil((SPEED * over) / EDGE))
      window.scrollBy({ top: top > 0 ? -speed : speed, behavior: "instant" })
    }
    this.#mark()
    requestAnimationFrame(() => this.#frame())
  }

  #mark() {
    const others = this.cards.all.filter((card) => card !== this.card)
    const place = others.findIndex((card) => {
      const { top, height } = card.getBoundingClientRect()
      return this.y < top + height / 2
    })
    const now = place < 0 ? others.length : place
    if (now === this.place) return
    this.place = now
    this.#unmark()
    if (!others.length) return
    const isLast = now === others.length
    const slot = others[isLast ? now - 1 : now].closest("[data-slot]")
    slot.classList.add(isLast ? "drop-after" : "drop-before")
  }

  #unmark() {
    for (const slot of this.cards.slots) slot.classList.remove("drop-before", "drop-after")
  }

  end(isDropped) {
    // The pointer may have gone on since the last frame.
    if (this.hasBegun && isDropped) this.#mark()
    const { ghost, place } = this
    this.ghost = null
    if (!ghost) return
    ghost.remove()
    this.#unmark()
    this.card.classList.remove("dragging")
    this.cards.list.classList.remove("has-dragging")
    const { words } = this.cards
    if (!isDropped) {
      this.cards.tell(this.card, words.back)
      return
    }
    const before = this.cards.all.indexOf(this.card)
    if (place !== null && place !== before) this.cards.put(this.card, place)
    this.cards.tell(this.card, words.moved)
    this.grip.focus({ preventScroll: true })
    this.card.querySelector("h3").scrollIntoView({ block: "nearest" })
  }
}

function bindPointer(cards) {
  let drag = null
  const end = (isDropped) => {
    const ended = drag
    drag = null
    ended?.end(isDropped)
  }
  cards.list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]")
    if (!grip || event.button || drag) return
    drag = new Drag(cards, grip, event)
    grip.setPointerCapture(event.pointerId)
  })
  cards.list.addEventListener("pointermove", (event) => {
    if (drag?.pointer === event.pointerId) drag.follow(event)
  })
  cards.list.addEventListener("pointerup", (event) => {
    if (drag?.pointer !== event.pointerId) return
    drag.follow(event)
    end(true)
  })
  for (const name of ["pointercancel", "lostpointercapture"]) {
    cards.list.addEventListener(name, (event) => {
      if (drag?.pointer === event.pointerId) end(false)
    })
  }
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !drag?.hasBegun) return
      event.preventDefault()
      event.stopPropagation()
      end(false)
    },
    { capture: true },
  )
}

function bindKeys(cards) {
  let lifted = null

  function lift(grip) {
    const card = grip.closest("[data-card]")
    lifted = { grip, card, place: cards.all.indexOf(card) }
    card.classList.add("lifted")
    grip.setAttribute("aria-pressed", "true")
    cards.tell(card, cards.words.lifted)
  }

  function drop(isDropped) {
    const { grip, card, place } = lifted
    lifted = null
    card.classList.remove("lifted")
    grip.setAttribute("aria-pressed", "false")
    if (!isDropped) cards.put(card, place)
    cards.tell(card, isDropped ? cards.words.dropped : cards.words.back)
    return grip
  }

  const steps = { ArrowUp: -1, ArrowDown: 1 }
  cards.list.addEventListener(
    "keydown",
    (event) => {
      const grip = event.target.closest("[data-grip]")
      if (!grip || event.altKey || event.ctrlKey || event.metaKey) return
      const isChoice = event.key === " " || event.key === "Enter"
      if (!lifted && isChoice) lift(grip)
      else if (lifted && isChoice) drop(true)
      else if (lifted && event.key === "Escape") drop(false).focus()
      else if (lifted && steps[event.key]) cards.move(lifted.card, steps[event.key])
      else return
      event.preventDefault()
      event.stopPropagation()
    },
    { capture: true },
  )
  cards.list.addEventListener("focusout", (event) => {
    if (lifted && event.target === lifted.grip) drop(true)
  })
  // What a screen reader presses, or a tap that did not drag.
  cards.list.addEventListener("click", (event) => {
    const grip = event.target.closest("[data-grip]")
    if (grip && event.detail === 0) lifted ? drop(true) : lift(grip)
  })
}

export function bindDragging(cards) {
  bindPointer(cards)
  bindKeys(cards)
}
