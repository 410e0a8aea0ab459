package notice

import "slices"

// measures are the words under security. Each must have a check that runs in the
// program (Program.Measures), or the start fails.
var measures = map[string]Text{
	"tls-1.3":           {ID: "Semua lalu lintas dengan peramban dienkripsi dengan TLS 1.3.", EN: "All traffic with browsers is encrypted with TLS 1.3."},
	"tls-outbound":      {ID: "Setiap sambungan keluar dienkripsi dan sertifikatnya diperiksa.", EN: "Every outgoing connection is encrypted and its certificate is checked."},
	"aes-256-gcm":       {ID: "Isi yang peka disimpan terenkripsi dengan AES-256-GCM.", EN: "Sensitive content is stored encrypted with AES-256-GCM."},
	"person-keys":       {ID: "Setiap orang punya kunci sendiri; kuncinya dimusnahkan saat datanya dihapus.", EN: "Each person has a key of their own, destroyed when their data is erased."},
	"encrypted-storage": {ID: "Basis data dan berkas disimpan terenkripsi.", EN: "The database and the files are stored encrypted."},
	"encrypted-backup":  {ID: "Cadangan dibuat otomatis dan terenkripsi.", EN: "Backups are made automatically and encrypted."},
	"row-isolation":     {ID: "Data tiap pelanggan terpisah; tanpa pelanggan yang jelas tidak ada data yang terlihat.", EN: "Each customer's data is kept apart; without a known customer nothing is visible."},
	"roles":             {ID: "Hak masuk dibatasi menurut peran.", EN: "Access is limited by role."},
	"bcrypt":            {ID: "Kata sandi disimpan hanya sebagai hash bcrypt yang tidak dapat dibaca balik.", EN: "Passwords are stored only as bcrypt hashes that cannot be read back."},
	"sessions-revoked":  {ID: "Sesi dapat diakhiri dan langsung tidak berlaku.", EN: "A session can be ended and stops working at once."},
	"guess-throttling":  {ID: "Percobaan menebak kata sandi atau kode dibatasi.", EN: "Guessing of passwords and codes is throttled."},
	"mfa":               {ID: "Faktor kedua tersedia untuk setiap akun.", EN: "A second factor is available for every account."},
	"mfa-for-staff":     {ID: "Petugas dan pemilik ruang kerja masuk hanya dengan faktor kedua.", EN: "Staff and owners of a workspace sign in only with a second factor."},
	"mfa-for-officers":  {ID: "Petugas layanan masuk hanya dengan faktor kedua.", EN: "Staff of the service sign in only with a second factor."},
	"audit-chain":       {ID: "Tindakan penting dicatat berantai sehingga perubahan catatan ketahuan.", EN: "Important acts are logged in a chain, so that altering the log shows."},
	"egress-log":        {ID: "Semua yang keluar melewati satu pintu yang memeriksa pemberitahuan ini dan mencatatnya.", EN: "Whatever leaves passes one door that checks this notice and writes it down."},
	"mail-verified":     {ID: "Keaslian pengirim surel diperiksa (DKIM, SPF, DMARC).", EN: "The senders of mail are verified (DKIM, SPF, DMARC)."},
	"strict-csp":        {ID: "Halaman web tidak memuat skrip atau berkas dari pihak lain.", EN: "Web pages load no script or file from anybody else."},
	"abuse-guard":       {ID: "Penyalahgunaan dan spam dideteksi dan dibatasi.", EN: "Abuse and spam are detected and limited."},
	"image-metadata":    {ID: "Keterangan tersembunyi (EXIF, lokasi) dibuang dari gambar sebelum dikirim keluar.", EN: "Hidden details (EXIF, location) are removed from pictures before they leave."},
	"signed-webhooks":   {ID: "Kiriman ke alamat Anda ditandatangani sehingga keasliannya dapat diperiksa.", EN: "Deliveries to your address are signed, so that you can verify them."},
	"token-block-list":  {ID: "Token yang dicabut masuk daftar blokir dan langsung ditolak.", EN: "Revoked tokens go onto a block list and are refused at once."},
}

// Measures lists all words that may stand under security, in order.
func Measures() []string {
	out := make([]string, 0, len(measures))
	for k := range measures {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
