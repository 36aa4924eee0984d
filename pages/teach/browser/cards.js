// The cards of the classes: name, record button, photos, and a small picture of each recording.

const FIELDS = "st-key-teach-photos-";  // of the hidden fields that take photos
const MOST_THUMBS = 12;

class Cards {
  // `said` takes what a class asks for, `hold` and `release` the record buttons.
  constructor(place, said, hold, release) {
    Object.assign(this, {place, said, hold, release, icons: new Map(), cards: new Map()});
  }

  draw(state) {
    this.state = state;
    const ids = state.classes.map(each => each.id);
    for (const [id, card] of this.cards) if (!ids.includes(id)) card.remove(), this.cards.delete(id);
    state.classes.forEach((each, place) => {
      if (!this.cards.has(each.id)) this.cards.set(each.id, this.make(each.id));
      const card = this.cards.get(each.id);
      if (this.place.children[place] !== card) this.place.insertBefore(card, this.place.children[place] ?? null);
      this.update(card, each, place);
    });
  }

  make(id) {
    const card = element("div", "class"), head = element("div", "head"), row = element("div", "row");
    const name = Object.assign(element("input"), {maxLength: 40, autocomplete: "off"});
    name.setAttribute("aria-label", "Name of the class");
    name.onchange = () => this.said({do: "rename", class: id, name: name.value});
    name.onkeydown = event => event.key === "Enter" && name.blur();
    const gone = element("button", "gone", "×");
    gone.onclick = () => this.said({do: "remove", class: id});
    const record = element("button", "record");
    this.listen(record, id);
    const files = Object.assign(element("input"), {type: "file", multiple: true, accept: "image/*", hidden: true});
    files.onchange = () => (this.give(id, files.files), files.value = "");
    const photos = element("button", "photos quiet", "Photos");
    photos.onclick = () => files.click();
    row.append(element("span", "count"), photos, files);
    head.append(name, gone);
    card.append(head, record, row, element("ul", "thumbs"));
    card.ondragover = event => event.dataTransfer.types.includes("Files") && (event.preventDefault(), card.classList.add("is-over"));
    card.ondragleave = () => card.classList.remove("is-over");
    card.ondrop = event => (event.preventDefault(), card.classList.remove("is-over"), this.give(id, event.dataTransfer.files));
    return card;
  }

  listen(record, id) {
    record.onpointerdown = event => {
      if (event.button) return;
      record.setPointerCapture(event.pointerId);
      this.hold(id);
    };
    for (const name of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) record.addEventListener(name, () => this.release(id));
    record.oncontextmenu = event => event.preventDefault();  // a long touch
    const isKey = event => [" ", "Enter"].includes(event.key);
    record.onkeydown = event => isKey(event) && (event.preventDefault(), event.repeat || this.hold(id));
    record.onkeyup = event => isKey(event) && this.release(id);
  }

  update(card, each, place) {
    const name = card.querySelector(".head input"), gone = card.querySelector(".gone");
    if (name.getRootNode().activeElement !== name) name.value = each.name;
    const words = this.state.can_remove ? `Remove ${each.name}` : `Remove what was recorded of ${each.name}`;
    gone.title = words;
    gone.setAttribute("aria-label", words);
    const key = place < 9 ? ` (${place + 1})` : "";
    card.querySelector(".record").hidden = !navigator.mediaDevices;
    card.querySelector(".record").textContent = `Hold to record${key}`;
    card.querySelector(".record").setAttribute("aria-label", `Hold to record ${each.name}${key}`);
    card.querySelector(".photos").setAttribute("aria-label", `Photos of ${each.name}`);
    const recordings = each.recordings.length;
    card.querySelector(".count").textContent = each.images
      ? `${each.images} image${each.images === 1 ? "" : "s"}, ${recordings} recording${recordings === 1 ? "" : "s"}` : "No image yet";
    this.thumbs(card.querySelector(".thumbs"), each);
  }

  thumbs(list, each) {
    const shown = each.recordings.slice(-MOST_THUMBS);
    const wanted = JSON.stringify([shown, each.recordings.length, shown.map(([id]) => this.icons.has(id))]);
    if (list.dataset.shown === wanted) return;
    list.dataset.shown = wanted;
    const more = each.recordings.length - shown.length;
    list.replaceChildren(...(more ? [element("li", "more", `${more} more`)] : []), ...shown.map(([id, count]) => {
      const item = element("li"), thumb = element("button", "thumb");
      const words = `Remove this recording of ${each.name} (${count} image${count === 1 ? "" : "s"})`;
      thumb.title = words;
      thumb.setAttribute("aria-label", words);
      thumb.onclick = () => this.said({do: "drop", recording: id});
      if (this.icons.has(id)) thumb.append(Object.assign(element("img"), {src: this.icons.get(id), alt: ""}));
      if (count > 1) thumb.append(element("span", "", count));
      thumb.append(element("i", "", "×"));
      item.append(thumb);
      return item;
    }));
  }

  // Recordings whose small picture has not come yet.
  missing() {
    const shown = (this.state?.classes ?? []).flatMap(each => each.recordings.slice(-MOST_THUMBS));
    return shown.map(([id]) => id).filter(id => !this.icons.has(id)).slice(0, 60);
  }

  mark(id) {
    for (const [each, card] of this.cards) card.classList.toggle("is-recording", each === id);
  }

  // Photos go the way of all uploads: into the hidden field of their class.
  give(id, files) {
    const field = document.querySelector(`[class*="${FIELDS}${id}-"] input[type=file]`);
    if (!field || !files?.length) return;
    const carried = new DataTransfer();
    for (const file of files) carried.items.add(file);
    field.files = carried.files;
    field.dispatchEvent(new Event("change", {bubbles: true}));
  }
}
