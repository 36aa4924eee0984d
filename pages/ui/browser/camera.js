// What pages with a live camera share: the camera itself, and how a guess and what counted toward it are drawn.

class Eye {
  constructor(video, ended) {
    Object.assign(this, {video, ended, facing: "user", openings: 0});
  }

  get sees() {
    return Boolean(this.stream) && !document.hidden && this.video.videoWidth > 0;
  }

  // Turns the camera on; gives "", or the name of the sentence that says why it is not on.
  async open() {
    if (!navigator.mediaDevices?.getUserMedia) return "no_camera";
    const opening = this.openings += 1;
    let stream;
    try {
      const wanted = {facingMode: this.facing, width: {ideal: 640}, height: {ideal: 480}};
      stream = await navigator.mediaDevices.getUserMedia({video: wanted});
    } catch (error) {
      return error.name === "NotAllowedError" ? "not_allowed" : "not_found";
    }
    // Somebody may have left the page while the browser asked for leave.
    if (opening !== this.openings) return stopAll(stream);
    this.stream = stream;
    const [track] = stream.getVideoTracks();
    track.onended = this.ended;
    this.isMirrored = track.getSettings().facingMode !== "environment";
    this.video.srcObject = stream;
    await this.video.play();
    return "";
  }

  close() {
    this.openings += 1;
    stopAll(this.stream);
    this.stream = null;
  }

  turn() {
    this.close();
    this.facing = this.facing === "user" ? "environment" : "user";
  }

  async hasOthers() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    return devices.filter(device => device.kind === "videoinput").length > 1;
  }

  square(side) {
    return middle(this.video, this.video.videoWidth, this.video.videoHeight, side);
  }
}

function stopAll(stream) {
  stream?.getTracks().forEach(track => track.stop());
  return "";
}

// The square in the middle of a picture.
function middle(picture, width, height, side) {
  const canvas = Object.assign(document.createElement("canvas"), {width: side, height: side});
  const edge = Math.min(width, height);
  canvas.getContext("2d").drawImage(picture, (width - edge) / 2, (height - edge) / 2, edge, edge, 0, 0, side, side);
  return canvas;
}

function element(tag, className = "", text = "") {
  const made = Object.assign(document.createElement(tag), {className});
  made.textContent = text;
  return made;
}

function bar([name, share, width]) {
  const guess = element("div", "guess"), words = element("div"), track = element("div", "track");
  words.append(element("span", "", name), element("span", "share", share));
  track.append(Object.assign(element("div", "bar"), {style: `width: ${width}%`}));
  guess.append(words, track);
  return guess;
}

// A few colored pixels; the browser enlarges them smoothly.
function heat(rows) {
  const canvas = Object.assign(element("canvas", "heat"), {width: rows[0].length, height: rows.length});
  const context = canvas.getContext("2d");
  rows.forEach((row, y) => row.forEach((color, x) => {
    context.fillStyle = color;
    context.fillRect(x, y, 1, 1);
  }));
  return canvas;
}
