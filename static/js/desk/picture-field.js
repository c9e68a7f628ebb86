// The entry: the pictures of an article. Each is chosen with the picker, and a file that is chosen
// here is added to the library at once, so that the form itself never carries one.
import { announce, fill } from "desk/announce"
import { pickPicture, say, uploadPicture } from "desk/pictures"

for (const panel of document.querySelectorAll("[data-picture-panel]")) {
  const find = (selector) => panel.querySelector(selector)
  const select = find("select")
  const file = find("input[type=file]")
  const [alt, decorative] = ["image_alt", "image_decorative"].map((name) => find(`[name=${name}]`))
  const shown = find("[data-chosen-picture]")

  find("[data-plain-choice]").hidden = true

  const changed = (field) => {
    for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }))
  }

  const set = (picture) => {
    const value = picture ? String(picture.id) : ""
    if (![...select.options].some((option) => option.value === value)) {
      select.add(new Option(picture.name, value))
    }
    select.value = value
    shown.hidden = !picture
    find("[data-remove-picture]").hidden = !picture
    if (picture) {
      shown.querySelector("img").src = picture.thumbnail
      shown.querySelector("a").href = picture.url
      shown.querySelector("a").textContent = picture.name
    }
    changed(select)
  }

  const describe = (words, isDecoration) => {
    if (!alt) return
    alt.value = words
    decorative.checked = isDecoration
    changed(alt)
    changed(decorative)
  }

  find("[data-choose-picture]").addEventListener("click", async () => {
    const picture = await pickPicture()
    if (!picture) return
    set(picture)
    describe(picture.alt, !picture.alt)
    announce(fill(panel.dataset.chosen, picture))
  })

  find("[data-remove-picture]").addEventListener("click", () => {
    set(null)
    describe("", false)
    find("[data-choose-picture]").focus()
    announce(panel.dataset.removed)
  })

  file?.addEventListener("change", async () => {
    const place = find("[data-upload-error]")
    if (!file.files.length) return
    say(file, place)
    file.disabled = true
    try {
      const picture = await uploadPicture(file.files[0])
      // Words that are there belong to the picture that was there.
      if (select.value) describe("", false)
      set(picture)
      announce(fill(panel.dataset.added, picture))
    } catch (error) {
      say(file, place, error.message)
    }
    file.value = ""
    file.disabled = false
    file.focus()
  })
}
