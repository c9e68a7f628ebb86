// Ctrl+S saves.
document.addEventListener("keydown", (event) => {
  if (event.key === "s" && (event.ctrlKey || event.metaKey) && !event.altKey) {
    event.preventDefault()
    document.querySelector("#article_form [name=_save]")?.click()
  }
})
