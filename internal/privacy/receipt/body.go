package receipt

// ErasureBody is what a receipt of an erasure, or of its order, says: six facts
// (what, when, ground, how, by, consequences), and the pseudonym by which the
// proof is found again.
type ErasureBody struct {
	What         []What `json:"what"`
	Workspaces   int64  `json:"workspaces_closed"`
	When         When   `json:"when"`
	Ground       Fact   `json:"ground"`
	How          Fact   `json:"how"`
	By           Fact   `json:"by"`
	Consequences Fact   `json:"consequences"`
	Proof        string `json:"proof"`
	// Stays is what remains; Others are who else got data. Older receipts have neither.
	Stays  []Stays `json:"stays,omitempty"`
	Others []Other `json:"others,omitempty"`
}

// Words are a sentence in both languages.
type Words struct {
	ID string `json:"id"`
	EN string `json:"en"`
}

// Stays is a category of which something remains: why, and until when.
type Stays struct {
	Category string `json:"category"`
	Words
	Because Words `json:"because"`
	Until   Words `json:"until"`
}

// Other is who got data: As is the notice's word, Says what became of it.
type Other struct {
	Recipient string `json:"recipient"`
	ID        string `json:"id"`
	EN        string `json:"en"`
	As        string `json:"as"`
	Says      Fact   `json:"says"`
}

// What is one category with the number of its records.
type What struct {
	Category string `json:"category"`
	ID       string `json:"id"`
	EN       string `json:"en"`
	Records  int64  `json:"records"`
}

// When are the times, RFC 3339 in UTC. Done is empty in the receipt of the order.
type When struct {
	Ordered string `json:"ordered"`
	Done    string `json:"done,omitempty"`
}

// Fact is a word for programs and a sentence for people.
type Fact struct {
	Code string `json:"code"`
	ID   string `json:"id"`
	EN   string `json:"en"`
}

// ExportBody is what the receipt of a copy says.
type ExportBody struct {
	ManifestSHA256 string `json:"manifest_sha256"` // of SHA256SUMS in the copy
	Records        int64  `json:"records"`
	Files          int64  `json:"files"`
	Categories     int    `json:"categories"`
}

// ComplaintBody is what the receipt of the file of a complaint says: which file it
// speaks of, by its digest, and where the case stood.
type ComplaintBody struct {
	Number string `json:"number"`
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
	State  string `json:"state"`
}

// BreachBody is what the receipt of the file of a failure of protection says: the
// digests of its files, and where the incident stood.
type BreachBody struct {
	Number string            `json:"number"`
	Drill  bool              `json:"drill"`
	State  string            `json:"state"`
	Files  map[string]string `json:"files"`
}
