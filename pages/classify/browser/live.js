// The live camera: sends one small picture, waits for its answer, draws it, sends the next.

const PATIENCE = 6000;  // ms without an answer, after which another picture is sent
const RATE_OVER = 3000;  // ms over which answers are counted
const cameras = new WeakMap();

export default function ({parentElement, data, setTriggerValue}) {
  if (!cameras.has(parentElement)) cameras.set(parentElement, new Camera(parentElement));
  const camera = cameras.get(parentElement);
  camera.send = frame => setTriggerValue("frame", frame);
  camera.hear(data);
  return () => camera.stop();
}

class Camera {
  constructor(root) {
    this.find = selector => root.querySelector(selector);
    this.video = this.find("video");
    this.eye = new Eye(this.video, () => this.stop());
    this.number = 0;
    this.heard = [];
    this.find(".start").onclick = () => this.start();
    this.find(".stop").onclick = () => this.stop();
    this.find(".keep").onclick = () => this.keep();
    this.find(".turn").onclick = () => this.turn();
  }

  async start() {
    this.complain("");
    const problem = await this.eye.open();
    if (problem) return this.complain(this.data[problem]);
    if (!this.eye.stream) return;
    this.find(".live").classList.toggle("mirrored", this.eye.isMirrored);
    this.show(true);
    this.find(".turn").hidden = !await this.eye.hasOthers();
    this.next();
  }

  stop() {
    clearTimeout(this.timer);
    this.eye.close();
    this.heard = [];
    this.show(false);
  }

  turn() {
    this.stop();
    this.eye.turn();
    this.start();
  }

  show(isOn) {
    this.find(".start").hidden = isOn;
    for (const name of [".stop", ".keep", ".turn"]) this.find(name).hidden = !isOn;
    this.find(".pace").textContent = "";
  }

  complain(words) {
    this.find(".trouble").textContent = words;
    this.find(".trouble").hidden = !words;
  }

  next() {
    clearTimeout(this.timer);
    if (!this.eye.stream) return;
    // A hidden page draws nothing: it asks for nothing either.
    if (!this.eye.sees) {
      this.timer = setTimeout(() => this.next(), 300);
      return;
    }
    this.sent = this.eye.square(this.data.side);
    this.number += 1;
    this.send({number: this.number, picture: this.sent.toDataURL("image/jpeg", 0.85)});
    this.timer = setTimeout(() => this.next(), PATIENCE);
  }

  hear(data) {
    this.data = data;
    const answer = data.answer;
    if (!this.eye.stream || !answer || answer.number !== this.number || this.done === this.number) return;
    this.done = this.number;
    clearTimeout(this.timer);
    this.complain(answer.trouble);
    this.find(".cards").replaceChildren(...answer.sights.map(sight => this.card(sight)));
    this.count();
    this.timer = setTimeout(() => this.next(), 1000 * answer.pause);
  }

  count() {
    const now = performance.now();
    this.heard = [...this.heard, now].filter(time => now - time < RATE_OVER);
    const seconds = (now - this.heard[0]) / 1000;
    if (seconds > 1) this.find(".pace").textContent = `${((this.heard.length - 1) / seconds).toFixed(1)} answers a second`;
  }

  card(sight) {
    const card = element("div", "card");
    const seen = element("div", "seen");
    const edge = this.sent.width * sight.share, edges = (this.sent.width - edge) / 2;
    const photo = Object.assign(element("canvas"), {width: edge, height: edge});
    photo.getContext("2d").drawImage(this.sent, edges, edges, edge, edge, 0, 0, edge, edge);
    seen.append(photo);
    if (sight.heat) seen.append(heat(sight.heat));
    const words = element("div");
    const guesses = element("div", "guesses");
    guesses.append(...sight.guesses.map(bar));
    words.append(element("h4", "", sight.title), guesses);
    card.append(words, seen);
    return card;
  }

  keep() {
    const {videoWidth: width, videoHeight: height} = this.video;
    const canvas = Object.assign(document.createElement("canvas"), {width, height});
    canvas.getContext("2d").drawImage(this.video, 0, 0);
    canvas.toBlob(blob => {
      const time = new Date().toTimeString().slice(0, 8).replaceAll(":", ".");
      const file = new File([blob], `camera ${time}.jpg`, {type: "image/jpeg"});
      window.dispatchEvent(new CustomEvent("photos-given", {detail: [file]}));
    }, "image/jpeg", 0.92);
  }
}
