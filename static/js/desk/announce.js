// Says what happened to those who do not see it.
const status = document.getElementById("desk-status")

export function announce(sentence) {
  status.textContent = ""
  // A region that is emptied and filled at once is not read out again.
  setTimeout(() => (status.textContent = sentence), 50)
}

export const fill = (pattern, values) =>
  pattern.replace(/\{(\w+)\}/g, (_match, name) => values[name])
