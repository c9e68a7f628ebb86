// Copies the address of a point or a comment, and shares that of the page. Without this file the
// links are links.

const said = document.querySelector(".said")
const page = document.querySelector("link[rel=canonical]")?.href ?? location.href
let timer

function say(words) {
  said.textContent = words
  clearTimeout(timer)
  timer = setTimeout(() => said.replaceChildren(), 5000)
}

async function copy(address) {
  await navigator.clipboard.writeText(address)
  say(said.dataset.copied)
}

async function copyLink(event) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  event.preventDefault()
  const link = event.currentTarget
  try {
    await copy(new URL(link.getAttribute("href"), page).href)
  } catch {
    location.href = link.href
  }
}

async function share() {
  try {
    if (navigator.share) await navigator.share({ title: document.title, url: page })
    else await copy(page)
  } catch {
    // The reader thought better of it.
  }
}

if (said && navigator.clipboard) {
  for (const link of document.querySelectorAll("a[data-copy]")) {
    link.firstChild.data = said.dataset.label
    link.addEventListener("click", copyLink)
  }
}
const button = document.querySelector("[data-share]")
if (button && (navigator.share || navigator.clipboard)) {
  button.addEventListener("click", share)
  button.parentElement.hidden = false
}
