// The reader's own choice of light or dark. Rendering waits for this file, so that nobody who has
// chosen sees the other one first; it changes nothing for those who have not.

const KEY = "evenhand-theme"
const root = document.documentElement

function chosen() {
  try {
    return localStorage.getItem(KEY) ?? ""
  } catch {
    return "" // Storage is switched off.
  }
}

function show(theme) {
  const known = ["light", "dark"].includes(theme)
  document.querySelector("meta[name=color-scheme]").content = known ? theme : "light dark"
  if (known) root.dataset.theme = theme
  else delete root.dataset.theme
}

function offer() {
  const select = document.getElementById("theme")
  if (!select) return
  select.value = root.dataset.theme ?? ""
  select.parentElement.hidden = false
  select.addEventListener("change", () => {
    show(select.value)
    try {
      if (select.value) localStorage.setItem(KEY, select.value)
      else localStorage.removeItem(KEY)
    } catch {
      // Then it holds for this page.
    }
  })
  addEventListener("storage", (event) => {
    if (event.key !== KEY) return
    show(chosen())
    select.value = chosen()
  })
}

show(chosen())
if (document.readyState === "loading") addEventListener("DOMContentLoaded", offer)
else offer()
