/** A list with at least one item. */
export type Some<T> = readonly [T, ...T[]];

/** A country that the demo company sells to, and how people, companies and streets are called there. */
export interface Country {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  /** BCP 47. */
  readonly language: string;
  readonly currency: 'EUR' | 'USD' | 'GBP' | 'JPY';
  readonly taxPercent: number;
  /** How many of the customers live there, against the other countries. */
  readonly weight: number;
  /** How telephone numbers begin; seven digits follow. */
  readonly phones: Some<string>;
  readonly towns: Some<readonly [town: string, zip: string]>;
  readonly streets: Some<string>;
  readonly given: Some<string>;
  readonly family: Some<string>;
  /** Whether the family's name comes first. */
  readonly familyFirst?: true;
  /** What the names of companies end in. */
  readonly company: string;
}

/** Where the customers live, by code. */
export const countries = {
  DE: {
    code: 'DE',
    language: 'de-DE',
    currency: 'EUR',
    taxPercent: 19,
    weight: 26,
    phones: ['+49 30 ', '+49 40 ', '+49 89 ', '+49 221 '],
    towns: [
      ['Berlin', '10115'],
      ['Hamburg', '20095'],
      ['München', '80331'],
      ['Köln', '50667'],
      ['Görlitz', '02826'],
    ],
    streets: ['Gärtnerstraße', 'Lindenallee', 'Am Mühlenweg', 'Schloßplatz'],
    given: ['Jürgen', 'Käthe', 'Anna', 'Björn', 'Lena', 'Sören', 'Ulrike', 'Maximilian'],
    family: ['Schäfer', 'Weiß', 'Jäger', 'Krüger', 'Groß', 'Schmidt', 'Hoffmann', 'Böhm'],
    company: 'GmbH',
  },
  FR: {
    code: 'FR',
    language: 'fr-FR',
    currency: 'EUR',
    taxPercent: 20,
    weight: 12,
    phones: ['+33 14', '+33 47', '+33 55'],
    towns: [
      ['Paris', '75011'],
      ['Lyon', '69002'],
      ['Saint-Étienne', '42000'],
      ['Nîmes', '30000'],
    ],
    streets: ['rue de la Paix', 'avenue Foch', 'place du Marché', 'allée des Chênes'],
    given: ['Chloé', 'François', 'Hélène', 'Maël', 'Noémie', 'Théo', 'Aurélie', 'Jérôme'],
    family: ['Lefèvre', 'Dubois', 'Garçon', 'Rousseau', 'Bénard', "L'Hôte", 'Moreau', 'Noël'],
    company: 'SARL',
  },
  ES: {
    code: 'ES',
    language: 'es-ES',
    currency: 'EUR',
    taxPercent: 21,
    weight: 9,
    phones: ['+34 91', '+34 93', '+34 95'],
    towns: [
      ['Madrid', '28013'],
      ['Cádiz', '11001'],
      ['A Coruña', '15001'],
      ['Málaga', '29005'],
    ],
    streets: ['Calle Mayor', 'Avenida de la Constitución', 'Plaza de España', 'Calle Peñón'],
    given: ['María José', 'Íñigo', 'Begoña', 'Andrés', 'Lucía', 'Raúl', 'Concepción', 'Adrián'],
    family: ['García Ibáñez', 'Muñoz', 'López', 'Peña', 'Martínez', 'Sáez', 'Fernández', 'Gómez'],
    company: 'S.L.',
  },
  IT: {
    code: 'IT',
    language: 'it-IT',
    currency: 'EUR',
    taxPercent: 22,
    weight: 8,
    phones: ['+39 06 ', '+39 02 '],
    towns: [
      ['Roma', '00184'],
      ['Milano', '20121'],
      ['Forlì', '47121'],
    ],
    streets: ['Via Garibaldi', 'Corso Italia', 'Piazza della Libertà'],
    given: ['Niccolò', 'Giulia', 'Matteo', 'Chiara', 'Alessandro', 'Noemi'],
    family: ["D'Angelo", 'Rossi', 'Cantù', 'Esposito', 'Nicolò', 'Ferri'],
    company: 'S.r.l.',
  },
  PL: {
    code: 'PL',
    language: 'pl-PL',
    currency: 'EUR',
    taxPercent: 23,
    weight: 6,
    phones: ['+48 22 ', '+48 71 '],
    towns: [
      ['Wrocław', '50-062'],
      ['Łódź', '90-001'],
      ['Kraków', '31-042'],
    ],
    streets: ['ulica Świętojańska', 'plac Solny', 'aleja Róż'],
    given: ['Łucja', 'Paweł', 'Małgorzata', 'Grzegorz', 'Zofia', 'Michał'],
    family: ['Wójcik', 'Kowalczyk', 'Zając', 'Dąbrowski', 'Król', 'Wiśniewska'],
    company: 'Sp. z o.o.',
  },
  GR: {
    code: 'GR',
    language: 'el-GR',
    currency: 'EUR',
    taxPercent: 24,
    weight: 4,
    phones: ['+30 210', '+30 231'],
    towns: [
      ['Αθήνα', '105 57'],
      ['Θεσσαλονίκη', '546 24'],
    ],
    streets: ['Ερμού', 'Λεωφόρος Νίκης', 'Πανεπιστημίου'],
    given: ['Γιώργος', 'Μαρία', 'Δημήτρης', 'Αικατερίνη', 'Νίκος'],
    family: ['Παπαδόπουλος', 'Γεωργίου', 'Οικονόμου', 'Βασιλείου'],
    company: 'Α.Ε.',
  },
  BG: {
    code: 'BG',
    language: 'bg-BG',
    currency: 'EUR',
    taxPercent: 20,
    weight: 3,
    phones: ['+359 2 ', '+359 52 '],
    towns: [
      ['София', '1000'],
      ['Варна', '9000'],
    ],
    streets: ['бул. Витоша', 'ул. Шипка', 'ул. Раковски'],
    given: ['Георги', 'Елена', 'Димитър', 'Цветана', 'Стоян'],
    family: ['Иванов', 'Георгиев', 'Желев', 'Димитров'],
    company: 'ЕООД',
  },
  GB: {
    code: 'GB',
    language: 'en-GB',
    currency: 'GBP',
    taxPercent: 20,
    weight: 10,
    phones: ['+44 20 7', '+44 161 '],
    towns: [
      ['London', 'EC1A 1BB'],
      ['Manchester', 'M1 1AE'],
      ['Cardiff', 'CF10 1EP'],
    ],
    streets: ['High Street', 'Church Lane', "St. Mary's Road", 'Station Road'],
    given: ['Oliver', 'Siobhán', 'Amelia', 'Rhys', 'Isla', 'George'],
    family: ["O'Connor", 'Smith', 'Taylor-Jones', 'Davies', 'MacLeod', 'Brown'],
    company: 'Ltd',
  },
  US: {
    code: 'US',
    language: 'en-US',
    currency: 'USD',
    taxPercent: 8,
    weight: 9,
    phones: ['+1 212 ', '+1 415 ', '+1 312 '],
    towns: [
      ['New York', '10001'],
      ['San José', '95112'],
      ['Chicago', '60601'],
    ],
    streets: ['Main Street', 'Oak Avenue', 'Cañon Drive'],
    given: ['Renée', 'James', 'Beyoncé', 'Michael', 'Sophia', 'DeShawn'],
    family: ['Johnson', 'Peña', 'Nguyen', 'Williams', 'Van der Berg', 'Lee'],
    company: 'Inc.',
  },
  BR: {
    code: 'BR',
    language: 'pt-BR',
    currency: 'USD',
    taxPercent: 0,
    weight: 3,
    phones: ['+55 11 3', '+55 21 2'],
    towns: [
      ['São Paulo', '01001-000'],
      ['Belém', '66010-000'],
    ],
    streets: ['Rua das Acácias', 'Avenida São João'],
    given: ['João', 'Conceição', 'Antônio', 'Lívia'],
    family: ['Gonçalves', 'da Conceição', 'Araújo', 'Simões'],
    company: 'Ltda.',
  },
  JP: {
    code: 'JP',
    language: 'ja-JP',
    currency: 'JPY',
    taxPercent: 10,
    weight: 5,
    phones: ['+81 3 5', '+81 6 6'],
    towns: [
      ['東京都港区', '105-0011'],
      ['大阪市北区', '530-0001'],
      ['京都市', '600-8216'],
    ],
    streets: ['芝公園', '梅田', '烏丸通'],
    given: ['太郎', '美咲', '健一', 'さくら', '蓮'],
    family: ['鈴木', '高橋', '田中', '渡辺', '伊藤'],
    familyFirst: true,
    company: '株式会社',
  },
  AE: {
    code: 'AE',
    language: 'ar-AE',
    currency: 'USD',
    taxPercent: 5,
    weight: 3,
    phones: ['+971 4', '+971 2'],
    towns: [
      ['دبي', '00000'],
      ['أبو ظبي', '00000'],
    ],
    streets: ['شارع الشيخ زايد', 'شارع الكورنيش'],
    given: ['فاطمة', 'أحمد', 'مريم', 'خالد'],
    family: ['الهاشمي', 'المنصوري', 'حداد', 'النجار'],
    company: 'ذ.م.م',
  },
  CN: {
    code: 'CN',
    language: 'zh-CN',
    currency: 'USD',
    taxPercent: 13,
    weight: 2,
    phones: ['+86 10 6', '+86 21 5'],
    towns: [
      ['北京市', '100010'],
      ['上海市', '200001'],
    ],
    streets: ['王府井大街', '南京东路'],
    given: ['伟', '芳', '秀英', '强'],
    family: ['李', '张', '刘', '陈'],
    familyFirst: true,
    company: '有限公司',
  },
} as const satisfies Record<string, Country>;
