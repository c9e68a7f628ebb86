// Copies the address in a field, and says so.
const status = document.getElementById("desk-status")

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy)
    field.select()
    try {
      await navigator.clipboard.writeText(field.value)
    } catch {
      // Without https there is no clipboard; what is selected can still be copied.
      document.execCommand("copy")
    }
    status.textContent = ""
    setTimeout(() => (status.textContent = button.dataset.copied), 50)
    button.classList.add("copied")
  })
}
