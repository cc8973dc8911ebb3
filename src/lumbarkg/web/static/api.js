// The two requests of the page.

/** What the form offers: everything clinical on this page comes from here and from the answers. */
export async function fetchForm() {
  const response = await fetch("/api/v1/form", { headers: { Accept: "application/json" } });
  if (!response.ok) throw new Error(`The form could not be loaded (${response.status}).`);
  return response.json();
}

/** The answer to a case: `{ ok, content }`, where content is an assessment or a problem (RFC 9457). */
export async function postCase(body, signal) {
  const response = await fetch("/api/v1/assessments?sensitivity=true", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  return { ok: response.ok, content: await response.json() };
}
