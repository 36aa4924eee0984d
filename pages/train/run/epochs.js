// The course of training, drawn in the browser: moving through the epochs asks nobody for anything but small pictures.
const [SLOWEST_STEP, QUICKEST_STEP, WHOLE_COURSE] = [700, 120, 12_000] // milliseconds
const MOST_LINES = 5
const MOST_IN_STRIP = 16
const LABEL_LETTERS = 14
const SVG = "http://www.w3.org/2000/svg"

export default function draw(component) {
  const root = component.parentElement
  root.course ??= new Course(root)
  root.course.update(component)
  return () => root.course?.stop()
}

class Course {
  constructor(root) {
    this.find = (selector) => root.querySelector(selector)
    this.pictures = {}
    this.asked = new Set()
    this.row = 0
    this.photo = 0
    this.cell = null
    this.find(".slider").oninput = (event) => {
      this.stop()
      this.go(Number(event.target.value))
    }
    this.find(".play").onclick = () => (this.timer ? this.stop() : this.play())
    new ResizeObserver(() => this.data && this.drawLines()).observe(this.find(".course"))
  }

  update({ data, setTriggerValue }) {
    this.send = setTriggerValue
    const before = this.data
    this.data = data.course
    Object.assign(this.pictures, data.pictures)
    const isNew = !before || before.id !== this.data.id || before.epochs.length !== this.data.epochs.length
    if (!isNew) {
      this.drawPhotos()
      return
    }
    // Who looks at the newest epoch of a run under way goes on looking at the newest.
    const last = this.data.epochs.length - 1
    const follows = !before || before.id !== this.data.id || this.row === before.epochs.length - 1
    this.row = follows ? (this.data.chosen ?? last) : this.row
    if (before?.id !== this.data.id) [this.photo, this.cell] = [this.data.strip[0], null]
    this.stripKey = null
    this.find(".slider").max = last
    this.build()
    this.go(this.row)
  }

  // Through the epochs

  play() {
    if (this.row === this.data.epochs.length - 1) this.go(0)
    const step = Math.max(QUICKEST_STEP, Math.min(SLOWEST_STEP, WHOLE_COURSE / this.data.epochs.length))
    this.timer = setInterval(() => {
      this.go(this.row + 1)
      if (this.row >= this.data.epochs.length - 1) this.stop()
    }, step)
    this.nameButton()
  }

  stop() {
    clearInterval(this.timer)
    this.timer = null
    this.nameButton()
  }

  nameButton() {
    this.find(".play").textContent = this.timer ? "❚❚ Pause" : "▶ Play"
  }

  go(row) {
    const { epochs, steps, said, chosen } = this.data
    this.row = Math.min(row, epochs.length - 1)
    const slider = this.find(".slider")
    slider.value = this.row
    const name = steps[this.row]
    slider.setAttribute("aria-valuetext", name)
    this.find(".now").textContent = name
    this.find(".said").textContent =
      said[this.row] + (this.row === chosen && chosen < epochs.length - 1 ? " This is the network that is kept." : "")
    this.drawMap()
    this.drawMatrix()
    this.drawPhotos()
  }

  // What stands still

  build() {
    const { classes, corners, confusions, labels, images, of } = this.data
    const map = this.find(".map svg")
    map.replaceChildren()
    const flat = classes.length === 2
    const lowest = Math.max(...corners.map(([, up]) => -up)) + 0.45
    map.setAttribute("viewBox", flat ? "-1.5 -1 3 2" : `-1.55 -1.4 3.1 ${1.4 + lowest}`)
    corners.forEach(([right, up], label) => {
      const [other, otherUp] = corners[(label + 1) % corners.length]
      if (!flat) add(map, "line", { x1: right, y1: -up, x2: other, y2: -otherUp, class: "frame" })
      if (classes.length > 20) return
      // Above the disk of its photos in the upper half, below it in the lower one.
      const y = flat ? 0.98 : up > -0.01 ? -up - 0.26 : -up + 0.34
      const text = add(map, "text", { x: right, y, "text-anchor": "middle", "font-size": 0.12 })
      add(text, "tspan", { style: `fill: ${this.data.colors[label]}` }).textContent = "● "
      text.append(`${flat ? "surely " : ""}${shorten(classes[label])}`)
    })
    if (flat) add(map, "line", { x1: 0, y1: -0.95, x2: 0, y2: 0.95, class: "frame" })
    this.trails = add(map, "g", {})
    this.dots = labels.map((label, position) => {
      const dot = add(map, "circle", { r: labels.length > 300 ? 0.025 : 0.038 })
      add(dot, "title", {})
      dot.onclick = () => this.pick(position)
      return dot
    })
    this.find(".part").textContent =
      images.length < of ? `${images.length} of the ${of} photos are drawn here; the counts are of all.` : ""
    this.find(".matrix").hidden = !confusions.length
    this.buildMatrix()
  }

  buildMatrix() {
    const { classes, confusions } = this.data
    const table = this.find("table")
    table.replaceChildren()
    if (!confusions.length) return
    table.classList.toggle("crowded", classes.length > 8)
    const head = table.createTHead().insertRow()
    head.append(make("th", {}), ...classes.map((name) => make("th", { scope: "col", title: name }, name)))
    const body = table.createTBody()
    this.cells = classes.map((truth, label) => {
      const row = body.insertRow()
      row.append(make("th", { scope: "row", title: truth }, truth))
      return classes.map((_, answer) => {
        const button = make("button", { type: "button" })
        button.onclick = () => this.pickCell(label, answer)
        row.insertCell().append(button)
        return button
      })
    })
  }

  // What moves

  drawMap() {
    const { places, answers, labels, colors, images, classes } = this.data
    this.trails.replaceChildren()
    this.dots.forEach((dot, position) => {
      const [right, up] = places[this.row][position]
      const answer = answers[this.row][position]
      const color = colors[labels[position]]
      dot.style.transform = `translate(${right / 1000}px, ${-up / 1000}px)`
      dot.setAttribute("fill", answer === labels[position] ? color : "transparent")
      dot.setAttribute("stroke", color)
      dot.classList.toggle("picked", position === this.photo)
      const words = answer < 0 ? "undecided" : `says ${classes[answer]}`
      dot.firstChild.textContent = `Photo ${images[position]}, ${classes[labels[position]]}: ${words}`
      if (position === this.photo) this.trail(position, 0, color, 0.02)
      else if (this.row) this.trail(position, this.row - 1, color, 0.012)
    })
  }

  trail(position, start, color, width) {
    const points = this.data.places.slice(start, this.row + 1).map((row) => row[position])
    const reach = Math.max(...points.map(([x, y]) => Math.hypot(x - points[0][0], y - points[0][1])))
    if (reach < 60) return
    const text = points.map(([x, y]) => `${x / 1000},${-y / 1000}`).join(" ")
    add(this.trails, "polyline", { points: text, class: "trail", stroke: color, style: `stroke-width: ${width}` })
  }

  drawMatrix() {
    const { classes, confusions } = this.data
    if (!confusions.length) return
    const counts = confusions[this.row]
    const before = confusions[Math.max(0, this.row - 1)]
    counts.forEach((row, label) => {
      const total = Math.max(1, row.reduce((sum, count) => sum + count, 0))
      row.forEach((count, answer) => {
        const button = this.cells[label][answer]
        const change = count - before[label][answer]
        const sign = change > 0 ? `+${change}` : change < 0 ? `−${-change}` : ""
        button.style.background = `rgba(0, 114, 178, ${((0.6 * count) / total).toFixed(3)})`
        button.classList.toggle("moved", change !== 0)
        button.classList.toggle("picked", this.cell?.[0] === label && this.cell?.[1] === answer)
        button.replaceChildren(String(count), ...(sign ? [make("small", {}, sign)] : []))
        const words = `${count} photos of ${classes[label]} taken for ${classes[answer]}`
        button.setAttribute("aria-label", sign ? `${words}, ${sign} since the step before` : words)
      })
    })
  }

  // Photos

  pick(position) {
    this.photo = position
    this.drawMap()
    this.drawPhotos()
  }

  pickCell(label, answer) {
    const isSame = this.cell?.[0] === label && this.cell?.[1] === answer
    this.cell = isSame ? null : [label, answer]
    this.drawMatrix()
    this.drawPhotos()
  }

  inStrip() {
    const { labels, answers, strip } = this.data
    if (!this.cell) return strip
    const [label, answer] = this.cell
    const found = labels.flatMap((mine, position) =>
      mine === label && answers[this.row][position] === answer ? [position] : [],
    )
    return found.slice(0, MOST_IN_STRIP)
  }

  drawPhotos() {
    const { classes, images, labels, answers } = this.data
    const shown = this.inStrip()
    this.ask([this.photo, ...shown])
    this.find(".title.photos").textContent = this.cell
      ? `Photos of ${classes[this.cell[0]]} taken for ${classes[this.cell[1]]} at this moment${shown.length ? "" : ": none"}`
      : "The photos that changed sides most or last. Click one, a point of the map or a cell of the table."
    this.buildStrip(shown)
    for (const [button, position] of this.buttons) {
      const answer = answers[this.row][position]
      const isRight = answer === labels[position]
      const words = answer < 0 ? "undecided" : `${isRight ? "✓" : "✗"} ${classes[answer]}`
      button.lastChild.textContent = words
      button.classList.toggle("wrong", !isRight)
      button.classList.toggle("picked", position === this.photo)
      button.setAttribute("aria-label", `Photo ${images[position]}, ${classes[labels[position]]}: ${words}`)
    }
    const large = this.find(".large")
    const address = this.pictures[images[this.photo]]
    if (!large.firstChild || large.firstChild.getAttribute("src") !== (address ?? null)) {
      large.replaceChildren(this.picture(this.photo))
    }
    this.find(".sentence").textContent = this.data.sentences[this.photo]
    this.drawLines()
  }

  // Pictures stay in their place from epoch to epoch: to decode them anew would take longer than all the rest.
  buildStrip(shown) {
    const key = shown.map((position) => `${position}:${this.data.images[position] in this.pictures}`).join()
    if (key === this.stripKey) return
    this.stripKey = key
    this.buttons = shown.map((position) => {
      const button = make("button", { type: "button", title: this.data.names[position] })
      button.append(this.picture(position), make("span", {}))
      button.onclick = () => this.pick(position)
      return [button, position]
    })
    this.find(".strip").replaceChildren(...this.buttons.map(([button]) => button))
  }

  picture(position) {
    const { images, labels, classes } = this.data
    const address = this.pictures[images[position]]
    if (!address) return make("span", { class: "blank" })
    return make("img", { src: address, alt: `Photo ${images[position]}, ${classes[labels[position]]}` })
  }

  ask(positions) {
    const missing = positions.map((position) => this.data.images[position]).filter((image) => !this.asked.has(image))
    if (!missing.length || !this.data.has_photos) return
    missing.forEach((image) => this.asked.add(image))
    this.send("wanted", missing)
  }

  drawLines() {
    const { epochs, steps, probabilities, labels, classes, colors } = this.data
    const svg = this.find(".lines")
    const [width, height, left, bottom, top] = [svg.clientWidth || 560, 170, 44, 22, 10]
    const right = Math.min(140, width / 3)
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`)
    svg.replaceChildren()
    const last = epochs[epochs.length - 1] || 1
    const x = (row) => left + ((width - left - right) * epochs[row]) / last
    const y = (percent) => height - bottom - ((height - bottom - top) * percent) / 100
    for (const percent of [0, 50, 100]) {
      add(svg, "line", { x1: left, x2: width - right, y1: y(percent), y2: y(percent), stroke: "rgba(128,128,128,0.3)" })
      const mark = { x: left - 6, y: y(percent) + 4, "text-anchor": "end", "font-size": 12 }
      add(svg, "text", mark).textContent = `${percent} %`
    }
    const note = { y: height - 4, "font-size": 12 }
    add(svg, "text", { ...note, x: left }).textContent = epochs[0] ? "" : steps[0].toLowerCase()
    add(svg, "text", { ...note, x: width - right, "text-anchor": "end" }).textContent = steps[steps.length - 1].toLowerCase()
    add(svg, "line", { x1: x(this.row), x2: x(this.row), y1: top, y2: height - bottom, stroke: "rgba(128,128,128,0.9)" })
    const truth = labels[this.photo]
    const most = classes.map((_, label) => Math.max(...probabilities.map((row) => row[this.photo][label])))
    const shown = classes.map((_, label) => label).sort((one, other) => most[other] - most[one])
    const lines = [...new Set([truth, ...shown])].slice(0, MOST_LINES)
    const ends = []
    for (const label of lines) {
      const values = probabilities.map((row) => row[this.photo][label])
      const points = values.map((value, row) => `${x(row)},${y(value)}`).join(" ")
      const isTruth = label === truth
      const line = { points, fill: "none", stroke: colors[label], "stroke-width": isTruth ? 3 : 1.5 }
      add(svg, "polyline", isTruth ? line : { ...line, "stroke-dasharray": "5 3" })
      add(svg, "circle", { cx: x(this.row), cy: y(values[this.row]), r: 4, fill: colors[label] })
      ends.push({ height: y(values[values.length - 1]), color: colors[label], text: `${shorten(classes[label])}${isTruth ? " ✓" : ""}` })
    }
    ends.sort((one, other) => one.height - other.height)
    const lowest = height - 6 - 14 * ends.length
    ends.forEach((end, place) => {
      const above = place ? ends[place - 1].height + 14 : top
      end.height = Math.max(above, Math.min(end.height, lowest + 14 * (place + 1)))
      const at = { x: width - right + 8, y: end.height + 4, "font-size": 12 }
      const text = add(svg, "text", at)
      add(text, "tspan", { style: `fill: ${end.color}` }).textContent = "● "
      text.append(end.text)
    })
  }
}

function make(tag, attributes, text = "") {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  element.textContent = text
  return element
}

function add(parent, tag, attributes) {
  const element = document.createElementNS(SVG, tag)
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
  return parent.appendChild(element)
}

function shorten(name) {
  return name.length <= LABEL_LETTERS ? name : `${name.slice(0, LABEL_LETTERS - 1)}…`
}
