// The countries and territories with a telephone plan (ISO 3166-1), named in the reader's language.
import { locale } from './format.js';

const codes = `AC AD AE AF AG AI AL AM AO AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR
  BS BT BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH
  ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE
  IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY
  MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU
  NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN
  SO SR SS ST SV SX SY SZ TA TC TD TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VI
  VN VU WF WS XK YE YT ZA ZM ZW`.split(/\s+/);

/** [code, name] pairs in the reader's order; `value` is among them even if it is no known code. */
export function countries(value) {
  const names = new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' });
  const nameOf = (code) => (codes.includes(code) ? `${names.of(code)} (${code})` : code);
  const all = codes.includes(value) || !value ? codes : [value, ...codes];
  return all.map((code) => [code, nameOf(code)]).sort((one, other) => one[1].localeCompare(other[1], locale));
}
