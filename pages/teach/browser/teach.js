// Teaching by camera: sends what is recorded and one picture to be answered, waits for the answer, sends the next.

const PATIENCE = 6000;  // ms without an answer, after which the same is sent again
const EVERY = 110;  // ms between two frames of a recording
const MOST_WAITING = 40;  // frames that the server has not taken yet
const MOST_AT_ONCE = 20;
const LAG = 700;  // ms after which the figure is asked for again
const pages = new WeakMap();

export default function ({parentElement, data, setTriggerValue}) {
  if (!pages.has(parentElement)) pages.set(parentElement, new Page(parentElement));
  const page = pages.get(parentElement);
  page.send = message => setTriggerValue("said", message);
  page.hear(data);
  page.listen();
  return () => page.leave();
}

class Page {
  constructor(root) {
    this.find = selector => root.querySelector(selector);
    this.tab = Math.random().toString(36).slice(2, 10);
    Object.assign(this, {acts: [], count: 0, number: 0, recordings: 0});
    this.eye = new Eye(this.find("video"), () => this.stop());
    this.cards = new Cards(this.find(".classes"), act => this.say(act), id => this.hold(id), id => this.release(id));
    const clicks = {
      start: () => this.start(), stop: () => this.stop(), turn: () => this.turn(), ask: () => this.find(".asked").click(),
      draw: () => this.say({do: "draw"}), try: () => this.say({do: "try"}), add: () => this.say({do: "class"}),
      undo: () => this.say({do: "undo"}), clear: () => this.say({do: "clear"}), only: () => this.keep(false),
    };
    for (const [name, click] of Object.entries(clicks)) this.find(`.${name}`).onclick = click;
    this.find(".asked").onchange = event => this.ask(event.target);
    this.find(".look input").onchange = event => (this.find(".over").hidden = !event.target.checked);
    this.find(".keep").onsubmit = event => (event.preventDefault(), this.keep(true));
  }

  listen() {
    if (this.listeners) return;
    const isTyping = event => event.composedPath().some(node => node.matches?.("input:not([type=checkbox]), textarea, [contenteditable=true]"));
    const classOf = event => this.state.classes[Number(event.key) - 1]?.id;
    this.listeners = [
      [document, "keydown", event => !event.repeat && !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping(event) && classOf(event) && this.hold(classOf(event))],
      [document, "keyup", event => /^[1-9]$/.test(event.key) && this.release(classOf(event))],
      [window, "blur", () => this.release(this.held)],
    ];
    for (const [target, name, listener] of this.listeners) target.addEventListener(name, listener);
  }

  leave() {
    for (const [target, name, listener] of this.listeners ?? []) target.removeEventListener(name, listener);
    this.listeners = null;
    this.stop();
  }

  async start() {
    this.complain("");
    const problem = await this.eye.open();
    if (problem) return this.complain(this.data.words[problem]);
    if (!this.eye.stream) return;
    this.find(".teach").classList.toggle("mirrored", this.eye.isMirrored);
    this.show(null);
    this.buttons();
    this.hasOthers = await this.eye.hasOthers();
    this.buttons();
    this.kick();
  }

  stop() {
    this.release(this.held);
    this.eye.close();
    this.hasOthers = false;
    clearTimeout(this.timer);
    this.waiting = false;
    this.find(".over").replaceChildren();
    this.buttons();
    if (this.listeners) this.kick();  // what was recorded last is still to be sent
  }

  turn() {
    this.eye.turn();
    this.start();
  }

  hold(id) {
    if (this.held) return;
    if (!this.eye.stream) {
      this.complain(navigator.mediaDevices ? this.data.words.starting : this.data.words.no_camera);
      if (navigator.mediaDevices) this.start().then(() => this.eye.stream && this.complain(""));
      return;
    }
    this.held = id;
    this.recordings += 1;
    this.recording = `${this.tab}-${this.recordings}`;
    this.frames = 0;
    this.cards.mark(id);
    this.capture();
    this.capturing = setInterval(() => this.capture(), EVERY);
  }

  release(id) {
    if (!id || id !== this.held) return;
    clearInterval(this.capturing);
    this.held = null;
    this.cards.mark(null);
    this.find(".recording").hidden = true;
  }

  capture() {
    const taught = this.state.classes.find(each => each.id === this.held);
    if (!taught) return this.release(this.held);
    const waiting = this.acts.filter(act => act.do === "frame").length;
    if (!this.eye.sees || waiting >= MOST_WAITING) return;
    if (taught.images + waiting >= this.data.most) {
      this.complain(`There are ${this.data.most} images of ${taught.name}: as many as there can be.`);
      return this.release(this.held);
    }
    this.frames += 1;
    this.find(".recording").textContent = `Recording ${taught.name}: ${this.frames}`;
    this.find(".recording").hidden = false;
    this.say({do: "frame", class: this.held, recording: this.recording, picture: this.jpeg(this.eye.square(this.data.side))});
  }

  jpeg(canvas) {
    this.seen = canvas;
    return canvas.toDataURL("image/jpeg", 0.85);
  }

  async ask(field) {
    const [file] = field.files;
    field.value = "";
    if (!file) return;
    try {
      const picture = await createImageBitmap(file);
      if (this.eye.stream) this.stop();
      this.asked = middle(picture, picture.width, picture.height, this.data.side);
    } catch {
      return this.complain(this.data.words.unreadable);
    }
    this.complain("");
    this.show(this.asked);
    this.kick();
  }

  // A picture in the place of the camera's; null for the camera's.
  show(canvas) {
    const photo = this.find(".photo");
    photo.hidden = !canvas;
    if (!canvas) return;
    Object.assign(photo, {width: canvas.width, height: canvas.height});
    photo.getContext("2d").drawImage(canvas, 0, 0);
    this.find(".over").replaceChildren();
    this.find(".teach").classList.remove("mirrored");
    this.buttons();
  }

  keep(train) {
    this.say({do: "keep", name: this.find(".keep input").value, train});
  }

  say(act) {
    this.count += 1;
    this.acts.push({n: this.count, ...act});
    this.kick();
  }

  // Sends what there is to say, unless an answer is on its way, and in any case after some patience.
  kick() {
    if (this.waiting && performance.now() - this.waiting < PATIENCE) return;
    const acts = this.acts.slice(0, MOST_AT_ONCE), missing = this.cards.missing();
    const has = acts.some(act => act.do === "frame");
    let picture = null;
    if (!has && this.asked) picture = this.jpeg(this.asked);
    else if (!has && this.eye.sees) picture = this.jpeg(this.eye.square(this.data.side));
    clearTimeout(this.timer);
    if (!acts.length && !missing.length && !picture && !this.state?.pending) {
      if (this.eye.stream) this.timer = setTimeout(() => this.kick(), 300);  // a hidden page sees nothing
      return;
    }
    this.asked = null;
    this.number += 1;
    this.sent = {number: `${this.tab}-${this.number}`, last: acts.at(-1)?.n ?? 0};
    this.waiting = performance.now();
    this.send({number: this.sent.number, from: this.tab, acts, picture, missing});
    this.timer = setTimeout(() => this.kick(), PATIENCE + 100);
  }

  hear(data) {
    this.data = data;
    this.state = data.state;
    const answer = data.answer, isNew = this.sent && answer?.number === this.sent.number && this.waiting;
    for (const [id, icon] of Object.entries(answer?.icons ?? {})) this.cards.icons.set(id, icon);
    if (isNew) {
      this.waiting = false;
      clearTimeout(this.timer);
      this.acts = this.acts.filter(act => act.n > this.sent.last);
      if (answer.trouble) this.complain(answer.trouble);
      if (answer.trouble) this.release(this.held);
      if (answer.picture) this.draw(answer);
      else this.answer(answer.sight);
    }
    if (data.refused) this.complain(data.refused);
    this.draws();
    if (isNew) this.timer = setTimeout(() => this.kick(), this.acts.length ? 0 : this.next(answer));
    else if (!this.waiting && (this.cards.missing().length || this.state.pending)) this.timer ||= setTimeout(() => this.kick(), 0);
  }

  next(answer) {
    return this.eye.stream || this.asked ? 1000 * answer.pause : this.cards.missing().length ? 0 : LAG;
  }

  async draw(answer) {
    if (this.eye.stream) this.stop();
    const picture = Object.assign(new Image(), {src: answer.picture});
    await picture.decode();
    this.show(middle(picture, picture.width, picture.height, this.data.side));
    this.answer(answer.sight);
  }

  // Bars have their places before there is an answer: nothing moves away beneath a finger.
  answer(sight) {
    if (!sight && this.state.can_keep && this.find(".guess.best")) return;
    const bars = (sight ? sight.bars : this.state.classes.map(each => [each.name, "", 0])).map(bar);
    bars.forEach((each, place) => {
      each.setAttribute("role", "listitem");
      each.classList.toggle("best", place === sight?.best);
    });
    this.find(".guesses").replaceChildren(...bars);
    this.find(".over").replaceChildren(...(sight?.heat ? [heat(sight.heat)] : []));
    this.find(".look").hidden = !sight?.heat;
  }

  draws() {
    const state = this.state;
    this.cards.draw(state);
    if (!this.find(".guess.best") || !state.can_keep) this.answer(null);
    this.find(".figure").hidden = !state.figure;
    this.find(".figure strong").textContent = state.figure;
    this.find(".alike").textContent = state.alike;
    this.find(".alike").hidden = !state.alike;
    this.find(".missing").textContent = state.missing;
    this.find(".keep").hidden = !state.can_keep;
    this.find(".train").disabled = Boolean(state.cannot_train);
    this.find(".cannot").textContent = state.cannot_train;
    this.find(".undo").title = state.undo ? `Of ${state.undo}` : "";
    this.buttons();
  }

  buttons() {
    const isOn = Boolean(this.eye.stream), has = Boolean(navigator.mediaDevices), {state} = this;
    const isShown = {
      start: !isOn && has, stop: isOn, turn: isOn && this.hasOthers, ask: state?.can_keep, draw: state?.drawn && state?.can_keep,
      add: state?.can_add, undo: state?.undo, clear: state && !state.is_empty, try: state?.is_empty,
    };
    for (const [name, shown] of Object.entries(isShown)) this.find(`.${name}`).hidden = !shown;
    this.find(".keys").hidden = !has;
    this.find(".screen").hidden = !has && this.find(".photo").hidden;
    this.find(".start").classList.toggle("small", !this.find(".photo").hidden);
    if (!has && !this.find(".trouble").textContent && this.data) this.complain(this.data.words.no_camera);
  }

  complain(words) {
    this.find(".trouble").textContent = words;
    this.find(".trouble").hidden = !words;
  }
}
