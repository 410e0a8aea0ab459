package request

import (
	"slices"
	"time"

	"amanah/internal/privacy/deadline"
	"amanah/internal/privacy/notice"
)

// Ground is a reason for which a law lets a service refuse a right. There is no
// other: a refusal names one, and the person reads it.
type Ground struct {
	Key     string
	Law     string // the pack that must bind the service and be in force
	Article string
	Says    notice.Text
	Rights  []Right
}

// grounds were gathered from public copies of UU 27/2022 (15, 33, 50) and of a
// scanned PP 33/2026; numbers and sense, no wording. Compare them with the
// official text before quoting them elsewhere.
var grounds = []Ground{
	{"defence", "id-uu-27-2022", "15(1)a, 50(1)a", notice.Text{ID: "Kepentingan pertahanan dan keamanan nasional", EN: "National defence and security"}, exempt},
	{"law-enforcement", "id-uu-27-2022", "15(1)b, 50(1)b", notice.Text{ID: "Proses penegakan hukum", EN: "A process of law enforcement"}, exempt},
	{"public-administration", "id-uu-27-2022", "15(1)c, 50(1)c", notice.Text{ID: "Kepentingan umum dalam penyelenggaraan negara", EN: "Public interest in the administration of the state"}, exempt},
	{"financial-supervision", "id-uu-27-2022", "15(1)d, 50(1)d", notice.Text{ID: "Pengawasan sektor jasa keuangan, moneter, sistem pembayaran, atau stabilitas keuangan", EN: "Supervision of financial services, money, payment systems or financial stability"}, exempt},
	{"statistics", "id-uu-27-2022", "15(1)e", notice.Text{ID: "Statistik dan penelitian ilmiah", EN: "Statistics and scientific research"}, []Right{End, Erase, Destroy, Withdraw, Object, Human, Restrict, Port}},
	{"endangers", "id-uu-27-2022", "33a", notice.Text{ID: "Perubahan itu membahayakan keamanan atau kesehatan Anda atau orang lain", EN: "The change endangers the safety or the health of yourself or of others"}, []Right{Correct}},
	{"reveals-others", "id-uu-27-2022", "33b", notice.Text{ID: "Perubahan itu mengungkap data pribadi orang lain", EN: "The change reveals personal data of somebody else"}, []Right{Correct}},
	{"against-security", "id-uu-27-2022", "33c", notice.Text{ID: "Perubahan itu bertentangan dengan pertahanan dan keamanan nasional", EN: "The change goes against national defence and security"}, []Right{Correct}},
	{"verified-accurate", "id-uu-27-2022", "6, 30", notice.Text{ID: "Setelah diperiksa, data itu sudah akurat dan lengkap", EN: "It was verified, and the data is accurate and complete"}, []Right{Correct}},
	{"legal-duty", "id-uu-27-2022", "16(2)g, 20(2)c", notice.Text{ID: "Peraturan lain mewajibkan data itu disimpan; peraturannya disebut dalam alasan", EN: "Another law obliges to keep the data; the reasons name it"}, []Right{End, Erase, Destroy, Restrict, Object}},
	{"no-consent", "id-uu-27-2022", "9, 20(2)", notice.Text{ID: "Pemrosesan ini tidak berdasarkan persetujuan, jadi tidak ada yang dapat ditarik", EN: "This processing does not rest on consent, so there is none to withdraw"}, []Right{Withdraw}},
	{"no-damage", "id-uu-27-2022", "12", notice.Text{ID: "Tidak ditemukan pelanggaran pemrosesan atau kerugian", EN: "No violation in the processing, or no damage, was found"}, []Right{Claim}},
	{"unproven", "id-uu-27-2022", "14", notice.Text{ID: "Tidak terbukti bahwa yang meminta adalah pemilik data atau yang berhak mewakilinya", EN: "It was not proven that who asks is the person or may speak for the person"}, nil},
	{"no-right", "id-uu-27-2022", "5-13", notice.Text{ID: "Surat ini tidak memakai hak atas data pribadi", EN: "This letter uses no right about personal data"}, []Right{Question}},
	{"no-child", "id-uu-27-2022", "25", notice.Text{ID: "Setelah diperiksa, akun ini bukan milik anak", EN: "It was examined, and the account is not a child's"}, []Right{Child}},
	{"no-effect", "id-pp-33-2026", "95", notice.Text{ID: "Keputusan otomatis itu tidak berakibat hukum atau penting, sangat akurat, dan risikonya diatasi", EN: "The automated decision has no legal or significant effect, is very accurate, and its risk is mitigated"}, []Right{Human}},
	{"restriction-unfounded", "id-pp-33-2026", "98, 100", notice.Text{ID: "Tidak ada alasan pembatasan menurut peraturan", EN: "None of the regulation's grounds for a restriction is there"}, []Right{Restrict}},
	{"not-portable", "id-pp-33-2026", "111(3)", notice.Text{ID: "Data itu tidak diproses otomatis atas dasar persetujuan atau perjanjian", EN: "The data is not processed automatically on the basis of consent or contract"}, []Right{Port}},
}

// exempt are the rights that both articles of exceptions speak of.
var exempt = []Right{Know, Copy, Correct, End, Erase, Destroy, Withdraw, Object, Human, Restrict, Port}

// Grounds are those for which a service may refuse a right that was asked at a
// moment; law packs that do not bind it or are not in force that day give none.
func Grounds(n *notice.Notice, packs []*notice.LawPack, r Right, at time.Time) []Ground {
	var out []Ground
	for _, g := range grounds {
		if (g.Rights == nil || slices.Contains(g.Rights, r)) && binds(n, packs, g.Law, at) {
			out = append(out, g)
		}
	}
	return out
}

func binds(n *notice.Notice, packs []*notice.LawPack, law string, at time.Time) bool {
	return slices.Contains(n.Laws(), law) && slices.ContainsFunc(packs, func(l *notice.LawPack) bool { return l.Law == law && l.InForce(deadline.DayOf(at)) })
}

// GroundOf finds a ground by its key, for showing what was decided.
func GroundOf(key string) (Ground, bool) {
	for _, g := range grounds {
		if g.Key == key {
			return g, true
		}
	}
	return Ground{}, false
}

// Cite is the ground's provision as people read it.
func (g Ground) Cite(packs []*notice.LawPack) string {
	for _, l := range packs {
		if l.Law == g.Law {
			return l.Cite + " " + g.Article
		}
	}
	return g.Article
}
