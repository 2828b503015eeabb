// What is wrong with a field is told in the page's language, not in the browser's. Fetched with the first such field.
import { fill } from "./frame.js";

let sentences = {};
const MOMENTS = ["date", "time", "month", "week", "datetime-local"];
const MISSING = { checkbox: "tick", radio: "choice", "select-one": "choice", "select-multiple": "choice", file: "file" };

function sentence(field) {
  const { validity, type } = field;
  const said = (name, limit) => fill(sentences[name], { limit });
  if (validity.valueMissing) return said(MISSING[type] ?? "missing");
  if (validity.badInput) return said(MOMENTS.includes(type) ? "moment" : "number");
  if (validity.tooLong) return said("long", field.maxLength);
  if (validity.tooShort) return said("short", field.minLength);
  if (validity.rangeUnderflow) return said("low", field.min);
  if (validity.rangeOverflow) return said("high", field.max);
  return said(validity.stepMismatch && type === "number" ? "whole" : "form");
}

// Fields that have a sentence of ours. It would keep them wrong for ever: each is judged anew before anything is sent.
const told = new Set();

function judge(field) {
  field.setCustomValidity("");
  if (field.validity.valid || !field.isConnected) { told.delete(field); return; }
  told.add(field);
  field.setCustomValidity(sentence(field));
}

const judgeAll = () => [...told].forEach(judge);

export async function startFaults() {
  sentences = await (await fetch(`/faults?lang=${document.documentElement.lang}`)).json();
  document.addEventListener("invalid", (event) => judge(event.target), true);
  // A press of a button or of Enter comes before what it sends is looked at; typing shows what is still wrong.
  for (const kind of ["input", "change", "click", "keydown"]) document.addEventListener(kind, judgeAll, true);
}
