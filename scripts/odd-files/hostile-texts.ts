/** Requests that would betray that a file's insides ran; the e2e test fails if any of them is made. */
export const CANARY = '/canary-from-odd-file';

const SVG = 'xmlns="http://www.w3.org/2000/svg"';

/** An error page, as servers send it in place of a picture. */
export const HTML = `<!DOCTYPE html>
<html><head><title>404 Not Found</title><script>fetch('${CANARY}/html')</script></head>
<body><h1>Not Found</h1><img src="${CANARY}/img"></body></html>
`;

export const SVG_SCRIPT = `<?xml version="1.0"?>
<!-- a drawing -->
<svg ${SVG} width="400" height="300" onload="fetch('${CANARY}/onload')">
<script>fetch('${CANARY}/script'); document.title = 'owned';</script>
<rect width="400" height="300" fill="red"/></svg>
`;

export const SVG_EXTERNAL = `<svg ${SVG} xmlns:xlink="http://www.w3.org/1999/xlink" width="400" height="300">
<style>@import url('${CANARY}/style');</style>
<image href="${CANARY}/image" width="400" height="300"/><use xlink:href="${CANARY}/use#a"/>
<foreignObject width="9" height="9">
<iframe xmlns="http://www.w3.org/1999/xhtml" src="${CANARY}/frame"></iframe></foreignObject></svg>
`;

export const SVG_ENTITIES = `<?xml version="1.0"?>
<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<svg ${SVG} width="64" height="64"><text>&b;</text></svg>
`;

export const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>endobj
trailer<</Root 1 0 R>>
%%EOF
`;
