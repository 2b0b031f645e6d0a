// The messages about the events of a page, as the server streams them (server-sent events, HTML Standard, 9.2), each
// `data: ` and JSON. Written for Gradio 6.31; a message of another form is passed on as it is.
// Where: gradio/server_messages.py, and process_msg in gradio/routes.py.

/** @typedef {{kind: string, event: string | undefined, text: string}} Message */

const START = /^data: \{"msg":"(\w+)","event_id":(?:"(\w+)"|null)/;

/**
 * The messages of an answer, one after the other. Throws what reading it throws.
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<Message, void>}
 */
export async function* messagesOf(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  try {
    for (;;) {
      const {done, value} = await reader.read();
      if (done) return;
      const parts = (text + decoder.decode(value, {stream: true})).split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const [, kind = '', event] = START.exec(part) ?? [];
        yield {kind, event, text: part};
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * The same message about another event.
 * @param {Message} message
 * @param {string} event
 * @returns {Message}
 */
export const renamed = ({kind, text}, event) => ({
  kind,
  event,
  text: text.replace(START, `data: {"msg":"${kind}","event_id":"${event}"`),
});

/**
 * The first part of an answer as changes of the part that the browser already has, since it takes all later ones so.
 * @param {Message} message
 * @returns {Message}
 */
export function asChanges(message) {
  const content = JSON.parse(message.text.slice('data: '.length));
  content.output.data = content.output.data.map((/** @type {unknown} */ value) => [['replace', [], value]]);
  return {...message, text: `data: ${JSON.stringify(content)}`};
}

/**
 * The message that an event has failed, with a sentence for the visitor.
 * @param {string} event
 * @param {string} error
 */
export const failure = (event, error) =>
  `data: ${JSON.stringify({msg: 'process_completed', event_id: event, output: {error}, success: false})}`;

/**
 * The sentence with which an event has failed; undefined for an answer.
 * @param {Message} message
 * @returns {unknown}
 */
export function errorOf({text}) {
  if (!text.includes('"success":false')) return undefined; // an answer may be large
  const {success, output} = JSON.parse(text.slice('data: '.length));
  return success === false ? output?.error : undefined;
}

/** The message that no event is left, after which the browser opens a new stream for the next one. */
export const CLOSED = 'data: {"msg":"close_stream","event_id":null}';
