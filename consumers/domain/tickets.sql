-- Migration: tickets. Short codes for orders, what the kitchen has seen and confirmed, what is off the menu.

---------------------------------------------------------------------------------------------------------------- business days
-- What a shell's SQLite does not know: when summer begins. The rule that each time zone follows now, from the IANA time zone database (public domain, 2025b).
-- Rules before it are history, and codes are about today. Seconds east of UTC; a change is the `week`th (5: the last) `weekday` (0: Sunday) of a month, so many
-- seconds after midnight on the clock that it ends. Where summer_s is NULL the clock never changes.
CREATE TABLE clocks (
  id            INTEGER PRIMARY KEY,
  standard_s    INTEGER NOT NULL,
  summer_s      INTEGER,
  begin_month   INTEGER,
  begin_week    INTEGER,
  begin_weekday INTEGER,
  begin_s       INTEGER,
  end_month     INTEGER,
  end_week      INTEGER,
  end_weekday   INTEGER,
  end_s         INTEGER
) STRICT;

CREATE TABLE timezones (
  name     TEXT    NOT NULL PRIMARY KEY COLLATE NOCASE,
  clock_id INTEGER NOT NULL REFERENCES clocks(id)
) STRICT, WITHOUT ROWID;

INSERT INTO clocks VALUES
  (1, -43200, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (2, -39600, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (3, -36000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (4, -36000, -32400, 3, 2, 0, 7200, 11, 1, 0, 7200),
  (5, -34200, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (6, -32400, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (7, -32400, -28800, 3, 2, 0, 7200, 11, 1, 0, 7200),
  (8, -28800, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (9, -28800, -25200, 3, 2, 0, 7200, 11, 1, 0, 7200),
  (10, -25200, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (11, -25200, -21600, 3, 2, 0, 7200, 11, 1, 0, 7200),
  (12, -21600, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (13, -21600, -18000, 3, 2, 0, 7200, 11, 1, 0, 7200),
  (14, -21600, -18000, 9, 1, 6, 79200, 4, 1, 6, 79200),
  (15, -18000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (16, -18000, -14400, 3, 2, 0, 0, 11, 1, 0, 3600),
  (17, -18000, -14400, 3, 2, 0, 7200, 11, 1, 0, 7200),
  (18, -14400, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (19, -14400, -10800, 3, 2, 0, 7200, 11, 1, 0, 7200),
  (20, -14400, -10800, 9, 1, 6, 86400, 4, 1, 6, 86400),
  (21, -12600, -9000, 3, 2, 0, 7200, 11, 1, 0, 7200),
  (22, -10800, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (23, -10800, -7200, 3, 2, 0, 7200, 11, 1, 0, 7200),
  (24, -7200, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (25, -7200, -3600, 3, 5, 0, -3600, 10, 5, 0, 0),
  (26, -3600, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (27, -3600, 0, 3, 5, 0, 0, 10, 5, 0, 3600),
  (28, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (29, 0, 3600, 3, 5, 0, 3600, 10, 5, 0, 7200),
  (30, 0, 7200, 3, 5, 0, 3600, 10, 5, 0, 10800),
  (31, 3600, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (32, 3600, 0, 10, 5, 0, 7200, 3, 5, 0, 3600),
  (33, 3600, 7200, 3, 5, 0, 7200, 10, 5, 0, 10800),
  (34, 7200, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (35, 7200, 10800, 3, 4, 4, 93600, 10, 5, 0, 7200),
  (36, 7200, 10800, 3, 4, 4, 180000, 10, 4, 4, 180000),
  (37, 7200, 10800, 3, 5, 0, 0, 10, 5, 0, 0),
  (38, 7200, 10800, 3, 5, 0, 7200, 10, 5, 0, 10800),
  (39, 7200, 10800, 3, 5, 0, 10800, 10, 5, 0, 14400),
  (40, 7200, 10800, 4, 5, 5, 0, 10, 5, 4, 86400),
  (41, 10800, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (42, 12600, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (43, 14400, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (44, 16200, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (45, 18000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (46, 19800, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (47, 20700, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (48, 21600, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (49, 23400, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (50, 25200, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (51, 28800, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (52, 31500, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (53, 32400, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (54, 34200, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (55, 34200, 37800, 10, 1, 0, 7200, 4, 1, 0, 10800),
  (56, 36000, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (57, 36000, 39600, 10, 1, 0, 7200, 4, 1, 0, 10800),
  (58, 37800, 39600, 10, 1, 0, 7200, 4, 1, 0, 7200),
  (59, 39600, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (60, 39600, 43200, 10, 1, 0, 7200, 4, 1, 0, 10800),
  (61, 43200, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (62, 43200, 46800, 9, 5, 0, 7200, 4, 1, 0, 10800),
  (63, 45900, 49500, 9, 5, 0, 9900, 4, 1, 0, 13500),
  (64, 46800, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (65, 50400, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO timezones(name, clock_id) VALUES
  ('Etc/GMT+12', 1), ('Etc/GMT+11', 2), ('Pacific/Midway', 2), ('Pacific/Niue', 2), ('Pacific/Pago_Pago', 2), ('Pacific/Samoa', 2), ('US/Samoa', 2),
  ('Etc/GMT+10', 3), ('HST', 3), ('Pacific/Honolulu', 3), ('Pacific/Johnston', 3), ('Pacific/Rarotonga', 3), ('Pacific/Tahiti', 3), ('US/Hawaii', 3),
  ('America/Adak', 4), ('America/Atka', 4), ('US/Aleutian', 4), ('Pacific/Marquesas', 5), ('Etc/GMT+9', 6), ('Pacific/Gambier', 6),
  ('America/Anchorage', 7), ('America/Juneau', 7), ('America/Metlakatla', 7), ('America/Nome', 7), ('America/Sitka', 7), ('America/Yakutat', 7),
  ('US/Alaska', 7), ('Etc/GMT+8', 8), ('Pacific/Pitcairn', 8), ('America/Ensenada', 9), ('America/Los_Angeles', 9), ('America/Santa_Isabel', 9),
  ('America/Tijuana', 9), ('America/Vancouver', 9), ('Canada/Pacific', 9), ('Mexico/BajaNorte', 9), ('PST8PDT', 9), ('US/Pacific', 9),
  ('America/Creston', 10), ('America/Dawson', 10), ('America/Dawson_Creek', 10), ('America/Fort_Nelson', 10), ('America/Hermosillo', 10),
  ('America/Mazatlan', 10), ('America/Phoenix', 10), ('America/Whitehorse', 10), ('Canada/Yukon', 10), ('Etc/GMT+7', 10), ('MST', 10),
  ('Mexico/BajaSur', 10), ('US/Arizona', 10), ('America/Boise', 11), ('America/Cambridge_Bay', 11), ('America/Ciudad_Juarez', 11), ('America/Denver', 11),
  ('America/Edmonton', 11), ('America/Inuvik', 11), ('America/Shiprock', 11), ('America/Yellowknife', 11), ('Canada/Mountain', 11), ('MST7MDT', 11),
  ('Navajo', 11), ('US/Mountain', 11), ('America/Bahia_Banderas', 12), ('America/Belize', 12), ('America/Chihuahua', 12), ('America/Costa_Rica', 12),
  ('America/El_Salvador', 12), ('America/Guatemala', 12), ('America/Managua', 12), ('America/Merida', 12), ('America/Mexico_City', 12),
  ('America/Monterrey', 12), ('America/Regina', 12), ('America/Swift_Current', 12), ('America/Tegucigalpa', 12), ('Canada/Saskatchewan', 12),
  ('Etc/GMT+6', 12), ('Mexico/General', 12), ('Pacific/Galapagos', 12), ('America/Chicago', 13), ('America/Indiana/Knox', 13),
  ('America/Indiana/Tell_City', 13), ('America/Knox_IN', 13), ('America/Matamoros', 13), ('America/Menominee', 13), ('America/North_Dakota/Beulah', 13),
  ('America/North_Dakota/Center', 13), ('America/North_Dakota/New_Salem', 13), ('America/Ojinaga', 13), ('America/Rainy_River', 13),
  ('America/Rankin_Inlet', 13), ('America/Resolute', 13), ('America/Winnipeg', 13), ('CST6CDT', 13), ('Canada/Central', 13), ('US/Central', 13),
  ('US/Indiana-Starke', 13), ('Chile/EasterIsland', 14), ('Pacific/Easter', 14), ('America/Atikokan', 15), ('America/Bogota', 15), ('America/Cancun', 15),
  ('America/Cayman', 15), ('America/Coral_Harbour', 15), ('America/Eirunepe', 15), ('America/Guayaquil', 15), ('America/Jamaica', 15),
  ('America/Lima', 15), ('America/Panama', 15), ('America/Porto_Acre', 15), ('America/Rio_Branco', 15), ('Brazil/Acre', 15), ('EST', 15),
  ('Etc/GMT+5', 15), ('Jamaica', 15), ('America/Havana', 16), ('Cuba', 16), ('America/Detroit', 17), ('America/Fort_Wayne', 17),
  ('America/Grand_Turk', 17), ('America/Indiana/Indianapolis', 17), ('America/Indiana/Marengo', 17), ('America/Indiana/Petersburg', 17),
  ('America/Indiana/Vevay', 17), ('America/Indiana/Vincennes', 17), ('America/Indiana/Winamac', 17), ('America/Indianapolis', 17),
  ('America/Iqaluit', 17), ('America/Kentucky/Louisville', 17), ('America/Kentucky/Monticello', 17), ('America/Louisville', 17), ('America/Montreal', 17),
  ('America/Nassau', 17), ('America/New_York', 17), ('America/Nipigon', 17), ('America/Pangnirtung', 17), ('America/Port-au-Prince', 17),
  ('America/Thunder_Bay', 17), ('America/Toronto', 17), ('Canada/Eastern', 17), ('EST5EDT', 17), ('US/East-Indiana', 17), ('US/Eastern', 17),
  ('US/Michigan', 17), ('America/Anguilla', 18), ('America/Antigua', 18), ('America/Aruba', 18), ('America/Barbados', 18), ('America/Blanc-Sablon', 18),
  ('America/Boa_Vista', 18), ('America/Campo_Grande', 18), ('America/Caracas', 18), ('America/Cuiaba', 18), ('America/Curacao', 18),
  ('America/Dominica', 18), ('America/Grenada', 18), ('America/Guadeloupe', 18), ('America/Guyana', 18), ('America/Kralendijk', 18),
  ('America/La_Paz', 18), ('America/Lower_Princes', 18), ('America/Manaus', 18), ('America/Marigot', 18), ('America/Martinique', 18),
  ('America/Montserrat', 18), ('America/Port_of_Spain', 18), ('America/Porto_Velho', 18), ('America/Puerto_Rico', 18), ('America/Santo_Domingo', 18),
  ('America/St_Barthelemy', 18), ('America/St_Kitts', 18), ('America/St_Lucia', 18), ('America/St_Thomas', 18), ('America/St_Vincent', 18),
  ('America/Tortola', 18), ('America/Virgin', 18), ('Brazil/West', 18), ('Etc/GMT+4', 18), ('America/Glace_Bay', 19), ('America/Goose_Bay', 19),
  ('America/Halifax', 19), ('America/Moncton', 19), ('America/Thule', 19), ('Atlantic/Bermuda', 19), ('Canada/Atlantic', 19), ('America/Santiago', 20),
  ('Chile/Continental', 20), ('America/St_Johns', 21), ('Canada/Newfoundland', 21), ('America/Araguaina', 22), ('America/Argentina/Buenos_Aires', 22),
  ('America/Argentina/Catamarca', 22), ('America/Argentina/ComodRivadavia', 22), ('America/Argentina/Cordoba', 22), ('America/Argentina/Jujuy', 22),
  ('America/Argentina/La_Rioja', 22), ('America/Argentina/Mendoza', 22), ('America/Argentina/Rio_Gallegos', 22), ('America/Argentina/Salta', 22),
  ('America/Argentina/San_Juan', 22), ('America/Argentina/San_Luis', 22), ('America/Argentina/Tucuman', 22), ('America/Argentina/Ushuaia', 22),
  ('America/Asuncion', 22), ('America/Bahia', 22), ('America/Belem', 22), ('America/Buenos_Aires', 22), ('America/Catamarca', 22),
  ('America/Cayenne', 22), ('America/Cordoba', 22), ('America/Coyhaique', 22), ('America/Fortaleza', 22), ('America/Jujuy', 22), ('America/Maceio', 22),
  ('America/Mendoza', 22), ('America/Montevideo', 22), ('America/Paramaribo', 22), ('America/Punta_Arenas', 22), ('America/Recife', 22),
  ('America/Rosario', 22), ('America/Santarem', 22), ('America/Sao_Paulo', 22), ('Antarctica/Palmer', 22), ('Antarctica/Rothera', 22),
  ('Atlantic/Stanley', 22), ('Brazil/East', 22), ('Etc/GMT+3', 22), ('America/Miquelon', 23), ('America/Noronha', 24), ('Atlantic/South_Georgia', 24),
  ('Brazil/DeNoronha', 24), ('Etc/GMT+2', 24), ('America/Godthab', 25), ('America/Nuuk', 25), ('America/Scoresbysund', 25), ('Atlantic/Cape_Verde', 26),
  ('Etc/GMT+1', 26), ('Atlantic/Azores', 27), ('Africa/Abidjan', 28), ('Africa/Accra', 28), ('Africa/Bamako', 28), ('Africa/Banjul', 28),
  ('Africa/Bissau', 28), ('Africa/Conakry', 28), ('Africa/Dakar', 28), ('Africa/Freetown', 28), ('Africa/Lome', 28), ('Africa/Monrovia', 28),
  ('Africa/Nouakchott', 28), ('Africa/Ouagadougou', 28), ('Africa/Sao_Tome', 28), ('Africa/Timbuktu', 28), ('America/Danmarkshavn', 28),
  ('Atlantic/Reykjavik', 28), ('Atlantic/St_Helena', 28), ('Etc/GMT', 28), ('Etc/GMT+0', 28), ('Etc/GMT-0', 28), ('Etc/GMT0', 28), ('Etc/Greenwich', 28),
  ('Etc/UCT', 28), ('Etc/UTC', 28), ('Etc/Universal', 28), ('Etc/Zulu', 28), ('GMT', 28), ('GMT+0', 28), ('GMT-0', 28), ('GMT0', 28), ('Greenwich', 28),
  ('Iceland', 28), ('UCT', 28), ('UTC', 28), ('Universal', 28), ('Zulu', 28), ('Atlantic/Canary', 29), ('Atlantic/Faeroe', 29), ('Atlantic/Faroe', 29),
  ('Atlantic/Madeira', 29), ('Europe/Belfast', 29), ('Europe/Guernsey', 29), ('Europe/Isle_of_Man', 29), ('Europe/Jersey', 29), ('Europe/Lisbon', 29),
  ('Europe/London', 29), ('GB', 29), ('GB-Eire', 29), ('Portugal', 29), ('WET', 29), ('Antarctica/Troll', 30), ('Africa/Algiers', 31),
  ('Africa/Bangui', 31), ('Africa/Brazzaville', 31), ('Africa/Casablanca', 31), ('Africa/Douala', 31), ('Africa/El_Aaiun', 31), ('Africa/Kinshasa', 31),
  ('Africa/Lagos', 31), ('Africa/Libreville', 31), ('Africa/Luanda', 31), ('Africa/Malabo', 31), ('Africa/Ndjamena', 31), ('Africa/Niamey', 31),
  ('Africa/Porto-Novo', 31), ('Africa/Tunis', 31), ('Etc/GMT-1', 31), ('Eire', 32), ('Europe/Dublin', 32), ('Africa/Ceuta', 33),
  ('Arctic/Longyearbyen', 33), ('Atlantic/Jan_Mayen', 33), ('CET', 33), ('Europe/Amsterdam', 33), ('Europe/Andorra', 33), ('Europe/Belgrade', 33),
  ('Europe/Berlin', 33), ('Europe/Bratislava', 33), ('Europe/Brussels', 33), ('Europe/Budapest', 33), ('Europe/Busingen', 33), ('Europe/Copenhagen', 33),
  ('Europe/Gibraltar', 33), ('Europe/Ljubljana', 33), ('Europe/Luxembourg', 33), ('Europe/Madrid', 33), ('Europe/Malta', 33), ('Europe/Monaco', 33),
  ('Europe/Oslo', 33), ('Europe/Paris', 33), ('Europe/Podgorica', 33), ('Europe/Prague', 33), ('Europe/Rome', 33), ('Europe/San_Marino', 33),
  ('Europe/Sarajevo', 33), ('Europe/Skopje', 33), ('Europe/Stockholm', 33), ('Europe/Tirane', 33), ('Europe/Vaduz', 33), ('Europe/Vatican', 33),
  ('Europe/Vienna', 33), ('Europe/Warsaw', 33), ('Europe/Zagreb', 33), ('Europe/Zurich', 33), ('MET', 33), ('Poland', 33), ('Africa/Blantyre', 34),
  ('Africa/Bujumbura', 34), ('Africa/Gaborone', 34), ('Africa/Harare', 34), ('Africa/Johannesburg', 34), ('Africa/Juba', 34), ('Africa/Khartoum', 34),
  ('Africa/Kigali', 34), ('Africa/Lubumbashi', 34), ('Africa/Lusaka', 34), ('Africa/Maputo', 34), ('Africa/Maseru', 34), ('Africa/Mbabane', 34),
  ('Africa/Tripoli', 34), ('Africa/Windhoek', 34), ('Etc/GMT-2', 34), ('Europe/Kaliningrad', 34), ('Libya', 34), ('Asia/Jerusalem', 35),
  ('Asia/Tel_Aviv', 35), ('Israel', 35), ('Asia/Gaza', 36), ('Asia/Hebron', 36), ('Asia/Beirut', 37), ('Europe/Chisinau', 38), ('Europe/Tiraspol', 38),
  ('Asia/Famagusta', 39), ('Asia/Nicosia', 39), ('EET', 39), ('Europe/Athens', 39), ('Europe/Bucharest', 39), ('Europe/Helsinki', 39),
  ('Europe/Kiev', 39), ('Europe/Kyiv', 39), ('Europe/Mariehamn', 39), ('Europe/Nicosia', 39), ('Europe/Riga', 39), ('Europe/Sofia', 39),
  ('Europe/Tallinn', 39), ('Europe/Uzhgorod', 39), ('Europe/Vilnius', 39), ('Europe/Zaporozhye', 39), ('Africa/Cairo', 40), ('Egypt', 40),
  ('Africa/Addis_Ababa', 41), ('Africa/Asmara', 41), ('Africa/Asmera', 41), ('Africa/Dar_es_Salaam', 41), ('Africa/Djibouti', 41), ('Africa/Kampala', 41),
  ('Africa/Mogadishu', 41), ('Africa/Nairobi', 41), ('Antarctica/Syowa', 41), ('Asia/Aden', 41), ('Asia/Amman', 41), ('Asia/Baghdad', 41),
  ('Asia/Bahrain', 41), ('Asia/Damascus', 41), ('Asia/Istanbul', 41), ('Asia/Kuwait', 41), ('Asia/Qatar', 41), ('Asia/Riyadh', 41), ('Etc/GMT-3', 41),
  ('Europe/Istanbul', 41), ('Europe/Kirov', 41), ('Europe/Minsk', 41), ('Europe/Moscow', 41), ('Europe/Simferopol', 41), ('Europe/Volgograd', 41),
  ('Indian/Antananarivo', 41), ('Indian/Comoro', 41), ('Indian/Mayotte', 41), ('Turkey', 41), ('W-SU', 41), ('Asia/Tehran', 42), ('Iran', 42),
  ('Asia/Baku', 43), ('Asia/Dubai', 43), ('Asia/Muscat', 43), ('Asia/Tbilisi', 43), ('Asia/Yerevan', 43), ('Etc/GMT-4', 43), ('Europe/Astrakhan', 43),
  ('Europe/Samara', 43), ('Europe/Saratov', 43), ('Europe/Ulyanovsk', 43), ('Indian/Mahe', 43), ('Indian/Mauritius', 43), ('Indian/Reunion', 43),
  ('Asia/Kabul', 44), ('Antarctica/Mawson', 45), ('Antarctica/Vostok', 45), ('Asia/Almaty', 45), ('Asia/Aqtau', 45), ('Asia/Aqtobe', 45),
  ('Asia/Ashgabat', 45), ('Asia/Ashkhabad', 45), ('Asia/Atyrau', 45), ('Asia/Dushanbe', 45), ('Asia/Karachi', 45), ('Asia/Oral', 45),
  ('Asia/Qostanay', 45), ('Asia/Qyzylorda', 45), ('Asia/Samarkand', 45), ('Asia/Tashkent', 45), ('Asia/Yekaterinburg', 45), ('Etc/GMT-5', 45),
  ('Indian/Kerguelen', 45), ('Indian/Maldives', 45), ('Asia/Calcutta', 46), ('Asia/Colombo', 46), ('Asia/Kolkata', 46), ('Asia/Kathmandu', 47),
  ('Asia/Katmandu', 47), ('Asia/Bishkek', 48), ('Asia/Dacca', 48), ('Asia/Dhaka', 48), ('Asia/Kashgar', 48), ('Asia/Omsk', 48), ('Asia/Thimbu', 48),
  ('Asia/Thimphu', 48), ('Asia/Urumqi', 48), ('Etc/GMT-6', 48), ('Indian/Chagos', 48), ('Asia/Rangoon', 49), ('Asia/Yangon', 49), ('Indian/Cocos', 49),
  ('Antarctica/Davis', 50), ('Asia/Bangkok', 50), ('Asia/Barnaul', 50), ('Asia/Ho_Chi_Minh', 50), ('Asia/Hovd', 50), ('Asia/Jakarta', 50),
  ('Asia/Krasnoyarsk', 50), ('Asia/Novokuznetsk', 50), ('Asia/Novosibirsk', 50), ('Asia/Phnom_Penh', 50), ('Asia/Pontianak', 50), ('Asia/Saigon', 50),
  ('Asia/Tomsk', 50), ('Asia/Vientiane', 50), ('Etc/GMT-7', 50), ('Indian/Christmas', 50), ('Antarctica/Casey', 51), ('Asia/Brunei', 51),
  ('Asia/Choibalsan', 51), ('Asia/Chongqing', 51), ('Asia/Chungking', 51), ('Asia/Harbin', 51), ('Asia/Hong_Kong', 51), ('Asia/Irkutsk', 51),
  ('Asia/Kuala_Lumpur', 51), ('Asia/Kuching', 51), ('Asia/Macao', 51), ('Asia/Macau', 51), ('Asia/Makassar', 51), ('Asia/Manila', 51),
  ('Asia/Shanghai', 51), ('Asia/Singapore', 51), ('Asia/Taipei', 51), ('Asia/Ujung_Pandang', 51), ('Asia/Ulaanbaatar', 51), ('Asia/Ulan_Bator', 51),
  ('Australia/Perth', 51), ('Australia/West', 51), ('Etc/GMT-8', 51), ('Hongkong', 51), ('PRC', 51), ('ROC', 51), ('Singapore', 51),
  ('Australia/Eucla', 52), ('Asia/Chita', 53), ('Asia/Dili', 53), ('Asia/Jayapura', 53), ('Asia/Khandyga', 53), ('Asia/Pyongyang', 53),
  ('Asia/Seoul', 53), ('Asia/Tokyo', 53), ('Asia/Yakutsk', 53), ('Etc/GMT-9', 53), ('Japan', 53), ('Pacific/Palau', 53), ('ROK', 53),
  ('Australia/Darwin', 54), ('Australia/North', 54), ('Australia/Adelaide', 55), ('Australia/Broken_Hill', 55), ('Australia/South', 55),
  ('Australia/Yancowinna', 55), ('Antarctica/DumontDUrville', 56), ('Asia/Ust-Nera', 56), ('Asia/Vladivostok', 56), ('Australia/Brisbane', 56),
  ('Australia/Lindeman', 56), ('Australia/Queensland', 56), ('Etc/GMT-10', 56), ('Pacific/Chuuk', 56), ('Pacific/Guam', 56), ('Pacific/Port_Moresby', 56),
  ('Pacific/Saipan', 56), ('Pacific/Truk', 56), ('Pacific/Yap', 56), ('Antarctica/Macquarie', 57), ('Australia/ACT', 57), ('Australia/Canberra', 57),
  ('Australia/Currie', 57), ('Australia/Hobart', 57), ('Australia/Melbourne', 57), ('Australia/NSW', 57), ('Australia/Sydney', 57),
  ('Australia/Tasmania', 57), ('Australia/Victoria', 57), ('Australia/LHI', 58), ('Australia/Lord_Howe', 58), ('Asia/Magadan', 59), ('Asia/Sakhalin', 59),
  ('Asia/Srednekolymsk', 59), ('Etc/GMT-11', 59), ('Pacific/Bougainville', 59), ('Pacific/Efate', 59), ('Pacific/Guadalcanal', 59),
  ('Pacific/Kosrae', 59), ('Pacific/Noumea', 59), ('Pacific/Pohnpei', 59), ('Pacific/Ponape', 59), ('Pacific/Norfolk', 60), ('Asia/Anadyr', 61),
  ('Asia/Kamchatka', 61), ('Etc/GMT-12', 61), ('Kwajalein', 61), ('Pacific/Fiji', 61), ('Pacific/Funafuti', 61), ('Pacific/Kwajalein', 61),
  ('Pacific/Majuro', 61), ('Pacific/Nauru', 61), ('Pacific/Tarawa', 61), ('Pacific/Wake', 61), ('Pacific/Wallis', 61), ('Antarctica/McMurdo', 62),
  ('Antarctica/South_Pole', 62), ('NZ', 62), ('Pacific/Auckland', 62), ('NZ-CHAT', 63), ('Pacific/Chatham', 63), ('Etc/GMT-13', 64), ('Pacific/Apia', 64),
  ('Pacific/Enderbury', 64), ('Pacific/Fakaofo', 64), ('Pacific/Kanton', 64), ('Pacific/Tongatapu', 64), ('Etc/GMT-14', 65), ('Pacific/Kiritimati', 65);

---------------------------------------------------------------------------------------------------------------- codes
-- What is called out and stands largest on every screen: "P41". A letter for the type (H: eaten in the house, P: picked up, D: driven, C: at the counter), and
-- a number that begins anew with each business day of the restaurant. Beside the orders, because what a trigger adds to a row that was just inserted would be
-- told as a change of it. A row stays when its order is deleted: a code is never used twice in a day.
CREATE TABLE order_codes (
  id            INTEGER PRIMARY KEY,                  -- the order's
  restaurant_id INTEGER NOT NULL,
  day           TEXT    NOT NULL,                     -- 2026-12-01: the business day in the restaurant's time zone
  letter        TEXT    NOT NULL,
  number        INTEGER NOT NULL,
  code          TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX order_codes_number ON order_codes(restaurant_id, day, letter, number);

-- Orders that need a code are inserted here: an order's `type`, and when it was placed. Nothing is ever read from it.
CREATE VIEW order_codes_due(id, restaurant_id, type, at) AS SELECT NULL, NULL, NULL, NULL;

-- `begins` and `ends`: when summer does, in the year that it is there. A zone that nobody knows is UTC.
CREATE TRIGGER order_codes_given INSTEAD OF INSERT ON order_codes_due
WHEN NOT EXISTS (SELECT 1 FROM order_codes WHERE id = NEW.id)
BEGIN
  INSERT INTO order_codes(id, restaurant_id, day, letter, number, code)
  SELECT NEW.id, NEW.restaurant_id, day, letter, number, letter||number FROM (
    SELECT day, letter, 1 + coalesce((SELECT max(c.number) FROM order_codes c WHERE c.restaurant_id = NEW.restaurant_id AND c.day = d.day AND c.letter = d.letter), 0) AS number
    FROM (
      SELECT CASE NEW.type WHEN 'pickup' THEN 'P' WHEN 'delivery' THEN 'D' WHEN 'counter' THEN 'C' ELSE 'H' END AS letter,
        date(NEW.at / 1000 - start_s + CASE
          WHEN summer_s IS NULL THEN standard_s
          WHEN begins < ends AND NEW.at / 1000 >= begins AND NEW.at / 1000 < ends THEN summer_s
          WHEN begins > ends AND (NEW.at / 1000 >= begins OR NEW.at / 1000 < ends) THEN summer_s
          ELSE standard_s END, 'unixepoch') AS day
      FROM (
        SELECT r.business_day_start_min * 60 AS start_s, coalesce(k.standard_s, 0) AS standard_s, k.summer_s,
          CAST(strftime('%s', strftime('%Y', NEW.at / 1000 + k.standard_s, 'unixepoch')||printf('-%02d-01', k.begin_month),
            CASE k.begin_week WHEN 5 THEN '+1 month' ELSE '+0 days' END, CASE k.begin_week WHEN 5 THEN '-7 days' ELSE '+'||(7 * k.begin_week - 7)||' days' END,
            'weekday '||k.begin_weekday) AS INTEGER) + k.begin_s - k.standard_s AS begins,
          CAST(strftime('%s', strftime('%Y', NEW.at / 1000 + k.standard_s, 'unixepoch')||printf('-%02d-01', k.end_month),
            CASE k.end_week WHEN 5 THEN '+1 month' ELSE '+0 days' END, CASE k.end_week WHEN 5 THEN '-7 days' ELSE '+'||(7 * k.end_week - 7)||' days' END,
            'weekday '||k.end_weekday) AS INTEGER) + k.end_s - k.summer_s AS ends
        FROM restaurants r LEFT JOIN timezones z ON z.name = r.timezone LEFT JOIN clocks k ON k.id = z.clock_id
        WHERE r.id = NEW.restaurant_id
      )
    ) d
  );
END;

CREATE TRIGGER orders_code AFTER INSERT ON orders
WHEN NEW.workflow_id = 1
BEGIN
  INSERT INTO order_codes_due VALUES (NEW.id, NEW.restaurant_id, NEW.type, NEW.created_at);
END;

-- What is on the kitchen's screens when this version starts.
INSERT INTO order_codes_due
  SELECT id, restaurant_id, type, created_at FROM orders
  WHERE workflow_id = 1 AND status IN ('new', 'pending', 'confirmed', 'preparing', 'ready', 'out_for_delivery') ORDER BY id;

---------------------------------------------------------------------------------------------------------------- what the kitchen has seen and confirmed
ALTER TABLE orders ADD COLUMN allergy_acked_at INTEGER;      -- the cook has read its allergy note
ALTER TABLE orders ADD COLUMN cancel_acked_at  INTEGER;      -- the cook has seen that it is off
ALTER TABLE orders ADD COLUMN called_at        INTEGER;      -- staff called it again: the board chimes once more
ALTER TABLE order_items ADD COLUMN seen_at          INTEGER; -- a screen of its station has drawn it
ALTER TABLE order_items ADD COLUMN allergy_acked_at INTEGER;
ALTER TABLE order_items ADD COLUMN recalled_at      INTEGER; -- it was ready, and went back on the stove

-- Another allergy than the one that was confirmed is not confirmed. The server writes both in one statement.
CREATE TRIGGER others_order_allergy AFTER UPDATE OF allergy_note ON orders
WHEN coalesce(1, 0) AND NEW.allergy_note IS NOT OLD.allergy_note AND NEW.allergy_acked_at IS NOT NULL AND NEW.allergy_acked_at IS OLD.allergy_acked_at
BEGIN
  UPDATE orders SET allergy_acked_at = NULL WHERE id = NEW.id;
END;

CREATE TRIGGER others_line_allergy AFTER UPDATE OF allergy ON order_items
WHEN coalesce(1, 0) AND NEW.allergy IS NOT OLD.allergy AND NEW.allergy_acked_at IS NOT NULL AND NEW.allergy_acked_at IS OLD.allergy_acked_at
BEGIN
  UPDATE order_items SET allergy_acked_at = NULL WHERE id = NEW.id;
END;

-- What a guest ordered is the kitchen's when it is approved: its timer starts then. The server does it itself.
CREATE TRIGGER others_approved AFTER UPDATE OF status ON orders
WHEN coalesce(1, 0) AND OLD.status = 'new' AND NEW.status <> 'new' AND NEW.status <> 'cancelled' AND NEW.workflow_id = 1
BEGIN
  UPDATE order_items SET fired_at = CAST((julianday('now')-2440587.5)*86400000 AS INTEGER) WHERE order_id = NEW.id AND status = 'queued';
END;

-- What was done lately: asked for by whoever put the wrong ticket away.
CREATE INDEX order_items_ready ON order_items(ready_at) WHERE ready_at IS NOT NULL;

---------------------------------------------------------------------------------------------------------------- the menu
ALTER TABLE menu_items ADD COLUMN removed_at INTEGER;        -- off the menu for good: the orders of it stay
ALTER TABLE menu_items ADD COLUMN shown INTEGER NOT NULL DEFAULT 0;   -- rises with what shows with it and stands elsewhere: its choices, its category
-- What it does to a dish, for who cooks it. NULL: what its name and its group say.
ALTER TABLE modifiers ADD COLUMN kind TEXT CHECK (kind IS NULL OR kind = 'removal' OR kind = 'addition' OR kind = 'choice');
ALTER TABLE menu_categories ADD COLUMN removed_at INTEGER;

-- What shows with a dish is a change of it. The server says so itself.
CREATE TRIGGER others_group_inserted AFTER INSERT ON modifier_groups
WHEN coalesce(1, 0)
BEGIN
  UPDATE menu_items SET shown = shown + 1 WHERE id = NEW.menu_item_id;
END;

CREATE TRIGGER others_group_updated AFTER UPDATE ON modifier_groups
WHEN coalesce(1, 0)
BEGIN
  UPDATE menu_items SET shown = shown + 1 WHERE id = NEW.menu_item_id OR id = OLD.menu_item_id;
END;

CREATE TRIGGER others_group_deleted AFTER DELETE ON modifier_groups
WHEN coalesce(1, 0)
BEGIN
  UPDATE menu_items SET shown = shown + 1 WHERE id = OLD.menu_item_id;
END;

CREATE TRIGGER others_modifier_inserted AFTER INSERT ON modifiers
WHEN coalesce(1, 0)
BEGIN
  UPDATE menu_items SET shown = shown + 1 WHERE id = (SELECT menu_item_id FROM modifier_groups WHERE id = NEW.group_id);
END;

CREATE TRIGGER others_modifier_updated AFTER UPDATE ON modifiers
WHEN coalesce(1, 0)
BEGIN
  UPDATE menu_items SET shown = shown + 1 WHERE id IN (SELECT menu_item_id FROM modifier_groups WHERE id = NEW.group_id OR id = OLD.group_id);
END;

CREATE TRIGGER others_modifier_deleted AFTER DELETE ON modifiers
WHEN coalesce(1, 0)
BEGIN
  UPDATE menu_items SET shown = shown + 1 WHERE id = (SELECT menu_item_id FROM modifier_groups WHERE id = OLD.group_id);
END;

CREATE TRIGGER others_category_updated AFTER UPDATE OF name, sort, station_id, course ON menu_categories
WHEN coalesce(1, 0)
BEGIN
  UPDATE menu_items SET shown = shown + 1 WHERE category_id = NEW.id;
END;
