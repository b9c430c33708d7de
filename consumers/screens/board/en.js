export default {
  'board.as_of': 'As of {at}, we are checking',
  'board.back': 'The board is up to date.',
  'board.empty': 'Nothing is waiting. Your number appears here.',
  'board.forbidden': 'This screen may not show the board. Ask a manager.',
  'board.just': 'just now',
  'board.leave': 'Pair it again',
  'board.lost': 'Ready codes stay; ask at the counter if yours is missing.',
  'board.preparing': 'Being prepared',
  'board.ready': 'Ready, please come',
  'board.rest': 'Ready for longer',
  'board.said': '{code} is ready, {name}',
  'board.since': 'since {at}',
};
