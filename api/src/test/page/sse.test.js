import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { load } from './support/page.js';

const { EventParser } = await load('sse.js');

const STREAM = 'id: 7\nevent: prediction\ndata: {"a":\ndata: 1}\n\n: comment\n\ndata: second\nid: 8\n\n';
const EVENTS = [{ event: 'prediction', data: '{"a":\n1}' }, { event: 'message', data: 'second' }];

const parse = (...chunks) => {
  const parser = new EventParser();
  return chunks.flatMap((chunk) => parser.push(chunk));
};

describe('an event', () => {
  it('has a name and lines of data', () => assert.deepEqual(parse(STREAM), EVENTS));

  it('is complete at its empty line', () => {
    const parser = new EventParser();
    assert.deepEqual(parser.push('data: 1\n'), []);
    assert.deepEqual(parser.push('\n'), [{ event: 'message', data: '1' }]);
  });

  it('does not pass its name and data to the next', () => assert.deepEqual(
    parse('event: missed\ndata: 1\n\ndata: 2\n\n')[1], { event: 'message', data: '2' }));

  it('without data is none, and its name is forgotten', () => assert.deepEqual(
    parse('event: missed\n\ndata: 1\n\n'), [{ event: 'message', data: '1' }]));

  it('may have empty data', () => assert.deepEqual(parse('data\n\n', 'data:\n\n'),
    [{ event: 'message', data: '' }, { event: 'message', data: '' }]));

  it('loses one space after the colon, and no other', () => assert.deepEqual(
    parse('data:a\ndata: b\ndata:  c \ndata: d: e\n\n')[0].data, 'a\nb\n c \nd: e'));
});

describe('a stream', () => {
  it('may be cut anywhere', () => {
    for (let first = 0; first <= STREAM.length; first++) {
      for (let second = first; second <= STREAM.length; second++) {
        assert.deepEqual(parse(STREAM.slice(0, first), STREAM.slice(first, second), STREAM.slice(second)), EVENTS,
          `cut at ${first} and ${second}`);
      }
    }
  });

  it('may have CR LF, and be cut between them', () => {
    const stream = STREAM.replaceAll('\n', '\r\n');
    for (let at = 0; at <= stream.length; at++) {
      assert.deepEqual(parse(stream.slice(0, at), stream.slice(at)), EVENTS, `cut at ${at}`);
    }
    assert.deepEqual(parse(...stream), EVENTS, 'in single characters');
  });

  it('may have CR', () => {
    const stream = `${STREAM.replaceAll('\n', '\r')}: next`;
    assert.deepEqual(parse(stream), EVENTS);
    assert.deepEqual(parse(...stream), EVENTS, 'in single characters');
  });

  it('ignores comments, retry and unknown fields', () => assert.deepEqual(
    parse(':\n: data: 0\nretry: 10\ndata: 1\nother: x\nDATA: 2\n data: 3\n\n'), [{ event: 'message', data: '1' }]));
});

describe('the last id', () => {
  it('is null before the first id', () => {
    const parser = new EventParser();
    parser.push('data: 1\n\n: comment\n\n');
    assert.equal(parser.lastId, null);
  });

  it('is of the last complete event, as the server repeats an incomplete one', () => {
    const parser = new EventParser();
    parser.push('id: 7\ndata: 1\n\nid: 8\ndata: 2\n');
    assert.equal(parser.lastId, '7');
    parser.push('\n');
    assert.equal(parser.lastId, '8');
  });

  it('holds for events without one', () => {
    const parser = new EventParser();
    parser.push('id: 7\ndata: 1\n\ndata: 2\n\n');
    assert.equal(parser.lastId, '7');
  });

  it('is taken from an event without data', () => {
    const parser = new EventParser();
    assert.deepEqual(parser.push('id: 9\n\n'), []);
    assert.equal(parser.lastId, '9');
  });
});
