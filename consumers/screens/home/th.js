export default {
  'home.demo': 'หกจอของร้านเดียว ทั้งหมดทำงานบนเครื่องนี้', 'home.screens': 'หกจอของร้านเดียว',
  'home.open': '{house} เปิดอยู่: มีแขก {tables} โต๊ะ {orders} ออร์เดอร์', 'home.rush': 'เร็วกว่าจริง {speed} เท่า', 'home.open_screen': 'เปิด',
  'home.kitchen': 'ครัว', 'home.kitchen.what': 'ใบสั่งบนผนัง แตะแต่ละจานเมื่อเสร็จ แล้วแตะใบสั่ง', 'home.kitchen.as': 'เปิดเป็น {name}',
  'home.waiter': 'พนักงานเสิร์ฟ', 'home.waiter.what': 'โต๊ะ ออร์เดอร์ บิล และใครเรียก ใช้งานได้แม้เครือข่ายหาย', 'home.waiter.as': 'เปิดเป็น {name}',
  'home.guest': 'โต๊ะ', 'home.guest.what': 'สิ่งที่แขกเห็นเมื่อสแกนรหัสบนโต๊ะ: เมนู ออร์เดอร์ และถึงไหนแล้ว', 'home.guest.as': 'นั่งที่ {name}',
  'home.board': 'จอรับอาหาร', 'home.board.what': 'หมายเลขที่พร้อมรับ เหนือเคาน์เตอร์', 'home.board.as': 'เปิดจอ',
  'home.driver': 'คนขับ', 'home.driver.what': 'งานที่รอคนขับ ใครรับก่อนได้ก่อน', 'home.driver.as': 'เปิดเป็น {name}',
  'home.manager': 'ผู้จัดการ', 'home.manager.what': 'สิ่งที่ต้องตัดสินใจ ชั่วโมงที่ผ่านมา จอ เมนู พนักงาน เงิน', 'home.manager.as': 'เปิดเป็น {name}',
  'home.codes': 'รหัส QR', 'home.codes.alt': 'รหัส QR ของทุกโต๊ะสำหรับพิมพ์', 'home.codes.save': 'บันทึกไว้พิมพ์', 'home.codes.failed': 'สร้างรหัสไม่ได้', 'home.codes.todo': 'ลองอีกครั้งในอีกสักครู่',
  'home.programs': 'สำหรับโปรแกรม', 'home.programs.what': 'เหตุการณ์เดียวกันเป็นเฟรม', 'home.reference': 'อ้างอิง', 'home.api': 'HTTP API', 'home.health': 'สถานะ',
  'home.elsewhere': 'จากโทรศัพท์เครื่องอื่น', 'home.elsewhere.what': 'ให้เซิร์ฟเวอร์ฟังที่อยู่ในเครือข่ายของคุณ (bind ใน routing.toml) แล้วเปิดที่อยู่นั้น',
};
