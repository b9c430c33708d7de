export default {
  'home.demo': 'Sechs Bildschirme eines Restaurants. Alles läuft auf diesem Rechner.', 'home.screens': 'Sechs Bildschirme eines Restaurants.',
  'home.open': '{house} hat geöffnet: {tables} Tische besetzt, {orders} Bestellungen', 'home.rush': 'mit {speed}-facher Geschwindigkeit', 'home.open_screen': 'Öffnen',
  'home.kitchen': 'Küche', 'home.kitchen.what': 'Bons an der Wand. Jedes Gericht antippen, wenn es fertig ist, dann den Bon.', 'home.kitchen.as': 'Öffnen als {name}',
  'home.waiter': 'Service', 'home.waiter.what': 'Tische, Bestellungen, Rechnungen, und wer ruft. Geht weiter, wenn das Netz fehlt.', 'home.waiter.as': 'Öffnen als {name}',
  'home.guest': 'Tisch', 'home.guest.what': 'Was Gäste sehen, wenn sie den Code am Tisch scannen: Karte, Bestellung, wie weit sie ist.', 'home.guest.as': 'Platz nehmen: {name}',
  'home.board': 'Abholtafel', 'home.board.what': 'Nummern, die fertig sind, über der Theke.', 'home.board.as': 'Tafel öffnen',
  'home.driver': 'Fahrer', 'home.driver.what': 'Was auf einen Fahrer wartet. Wer zuerst nimmt, hat es.', 'home.driver.as': 'Öffnen als {name}',
  'home.manager': 'Leitung', 'home.manager.what': 'Was zu entscheiden ist, die letzte Stunde, Bildschirme, Karte, Leute, Geld.', 'home.manager.as': 'Öffnen als {name}',
  'home.codes': 'QR-Codes', 'home.codes.alt': 'Die QR-Codes aller Tische, zum Drucken', 'home.codes.save': 'Zum Drucken speichern', 'home.codes.failed': 'Die Codes konnten nicht gemacht werden.', 'home.codes.todo': 'Versuchen Sie es gleich noch einmal.',
  'home.programs': 'Für Programme', 'home.programs.what': 'Dieselben Ereignisse, als Frames', 'home.reference': 'Nachschlagen', 'home.api': 'HTTP-API', 'home.health': 'Zustand',
  'home.elsewhere': 'Von einem anderen Telefon', 'home.elsewhere.what': 'Lassen Sie den Server auf einer Adresse Ihres Netzes hören (bind in routing.toml), und öffnen Sie dort diese Adresse.',
};
