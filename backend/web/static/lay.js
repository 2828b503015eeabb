// What the server drew, laid into a place of the page: as nodes, never as text that a script would read.
export const parsed = (html) => [...new DOMParser().parseFromString(html, "text/html").body.childNodes];

function isSame(place, next) {
  return place.childNodes.length === next.childNodes.length
    && [...place.childNodes].every((node, at) => node.isEqualNode(next.childNodes[at]));
}

// Takes over what stands in the other place; what is the same already stays as it is.
export function layInside(place, next) {
  if (!isSame(place, next)) place.replaceChildren(...next.cloneNode(true).childNodes);
}
