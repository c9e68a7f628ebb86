// A source that was saved can be cited by every section at once.
const form = document.getElementById("article_form")

function addChoice(list, pk, title) {
  const name = list.id.replace(/^id_/, "")
  if (list.querySelector(`input[value="${pk}"]`)) return
  const label = document.createElement("label")
  const box = document.createElement("input")
  Object.assign(box, { type: "checkbox", name, value: pk, id: `${list.id}_s${pk}` })
  label.htmlFor = box.id
  label.append(box, ` ${title}`)
  const holder = document.createElement("div")
  holder.append(label)
  list.append(holder)
  list.closest(".field-sources").hidden = false
}

form?.addEventListener("desk:saved", ({ detail: { sources } }) => {
  const blanks = [...document.querySelectorAll("template[id^=blank-]")].map((each) => each.content)
  for (const root of [form, ...blanks]) {
    for (const list of root.querySelectorAll(".field-sources div[id$=-sources]")) {
      for (const [pk, title] of sources) addChoice(list, pk, title)
    }
  }
})
