/** Extensions of audio files for which browsers know no type, or not the same. */
const AUDIO = /\.(aac|ac3|aiff?|amr|ape|caf|dsf|flac|m4a|mka|mp[234c]|og[ag]|opus|tak|tta|wav|webm|wma|wv)$/i;
const AUDIO_TYPE = /^(audio|video)\/|^application\/ogg$/;

/**
 * Returns the dropped files, and the audio files of dropped folders, ordered by name. Call it while the drop is
 * dispatched: the browser forgets the folders afterwards.
 *
 * @param {DataTransfer} dataTransfer
 * @returns {Promise<File[]>}
 */
export async function droppedFiles(dataTransfer) {
  const entries = [...(dataTransfer.items ?? [])].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...dataTransfer.files];
  const found = await Promise.all(entries.map((entry) => (entry.isDirectory ? audioIn(entry) : fileOf(entry))));
  return found.flat();
}

/** The audio files below a folder: an album has pictures and texts too. */
async function audioIn(folder) {
  const reader = folder.createReader();
  const entries = [];
  for (let more = await read(reader); more.length > 0; more = await read(reader)) entries.push(...more);
  entries.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  const found = await Promise.all(entries.map((entry) => (entry.isDirectory ? audioIn(entry) : fileOf(entry))));
  return found.flat().filter((file) => AUDIO_TYPE.test(file.type) || AUDIO.test(file.name));
}

/** Browsers return a hundred entries at a time, and at last none. What cannot be read is left out. */
const read = (reader) => new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));

const fileOf = (entry) => new Promise((resolve) => entry.file(resolve, () => resolve([])));
