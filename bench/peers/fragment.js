// The fragment that Parley sends, with the body and the number of a message in their places.
const { readFileSync } = require("fs");

const parts = readFileSync(process.env.BENCH_FRAGMENT, "utf8").split(/\{(body|number)\}/);
const special = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;" };
let number = 1000000;

exports.fragment = (body) => {
  const place = { body: body.replace(/[&<>"']/g, (letter) => special[letter]), number: number++ };
  return parts.map((part, index) => (index % 2 ? place[part] : part)).join("");
};
