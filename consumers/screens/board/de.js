export default {
  'board.as_of': 'Stand {at}, wir prüfen',
  'board.back': 'Die Tafel ist auf dem neuesten Stand.',
  'board.empty': 'Nichts wartet. Deine Nummer erscheint hier.',
  'board.forbidden': 'Dieser Bildschirm darf die Tafel nicht zeigen. Frag die Leitung.',
  'board.just': 'gerade eben',
  'board.leave': 'Neu koppeln',
  'board.lost': 'Fertige Nummern bleiben; frag an der Theke, wenn deine fehlt.',
  'board.preparing': 'In Arbeit',
  'board.ready': 'Fertig, bitte abholen',
  'board.rest': 'Schon länger fertig',
  'board.said': '{code} ist fertig, {name}',
  'board.since': 'seit {at}',
};
