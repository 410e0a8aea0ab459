package telegramtest

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg" // sizes of pictures
	_ "image/png"
	"net/http"
	"strconv"

	"amanah/internal/channel/telegram"
)

type file struct {
	id, path string
	content  []byte
	size     int64 // that it claims; the content's where it is 0
}

// keep makes a file that the bot can ask for. The lock is held.
func (s *Server) keep(folder, ending string, content []byte) file {
	n := s.next()
	f := file{id: fmt.Sprintf("AgACAgUAAxkBAAI%d", n), path: fmt.Sprintf("%s/file_%d%s", folder, n, ending), content: content}
	s.files[f.id] = f
	return f
}

// unique is how Telegram names the same content for everybody.
func (f file) unique() string { return "AQAD" + f.id[len(f.id)-6:] }

// photo is a picture in the sizes in which Telegram hands it out.
func (s *Server) photo(content []byte) []telegram.Photo {
	w, h := 960, 1280
	if c, _, err := image.DecodeConfig(bytes.NewReader(content)); err == nil {
		w, h = c.Width, c.Height
	}
	var out []telegram.Photo
	for _, side := range []int{90, 320} {
		if big := max(w, h); big > side {
			f := s.keep("photos", ".jpg", []byte("a picture of that size is not made"))
			out = append(out, telegram.Photo{File: f.id, Unique: f.unique(), Width: max(w*side/big, 1), Height: max(h*side/big, 1), Size: int64(len(f.content))})
		}
	}
	f := s.keep("photos", ".jpg", content)
	return append(out, telegram.Photo{File: f.id, Unique: f.unique(), Width: w, Height: h, Size: int64(len(content))})
}

func (s *Server) getFile(p call) (any, *refused) {
	f, ok := s.files[p.text("file_id")]
	if !ok {
		return nil, bad("invalid file_id")
	}
	size := f.size
	if size == 0 {
		size = int64(len(f.content))
	}
	if size > telegram.MaxDownload {
		return nil, bad("file is too big")
	}
	return map[string]any{"file_id": f.id, "file_unique_id": f.unique(), "file_size": size, "file_path": f.path}, nil
}

// download hands out a file; Fail("download", ...) has it go wrong.
func (s *Server) download(w http.ResponseWriter, r *http.Request, path string) {
	s.mu.Lock()
	f, failing := s.failure("download", 0)
	var content []byte
	found := false
	for _, have := range s.files {
		if have.path == path {
			content, found = have.content, true
		}
	}
	s.calls = append(s.calls, Call{Method: "download", Params: map[string]any{"path": path}})
	s.mu.Unlock()
	switch {
	case failing && f.Code >= 300 && f.Code < 400:
		http.Redirect(w, r, s.URL+"/elsewhere", f.Code)
	case failing && f.Lost: // half of it comes
		w.Header().Set("Content-Length", strconv.Itoa(len(content)))
		_, _ = w.Write(content[:len(content)/2])
		_ = http.NewResponseController(w).Flush()
		drop(w)
	case failing:
		f.play(w)
	case !found:
		answer(w, nil, &refused{code: http.StatusNotFound, says: "Not Found"})
	default:
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(content)
	}
}
