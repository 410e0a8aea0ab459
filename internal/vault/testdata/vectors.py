# Writes vectors.json and file.sealed: the layout of doc.go computed apart from the
# program, with pyca/cryptography and hmac. Run here: python3 vectors.py
import json, hmac, hashlib
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives import hashes
def d(key,p,n=32): return HKDF(hashes.SHA256(),n,None,b"amanah/vault/v1/"+p.encode()).derive(key)
def parts(*l):
    out=b""
    for s in l:
        b=s if isinstance(s,bytes) else s.encode()
        out+=len(b).to_bytes(4,"big")+b
    return out
def head(key): return b"\x01"+d(key,"id")[:4]
def seal(key,purpose,nonce,aad,plain):
    h=head(key); return h+nonce+AESGCM(d(key,purpose)).encrypt(nonce,plain,h+aad)
T="0190a000-0000-7000-8000-00000000000a"; S="0190a000-0000-7000-8000-000000000001"; F="0190a000-0000-7000-8000-0000000000f1"
M=bytes(range(32)); KT=bytes(range(32,64)); KP=bytes(range(64,96))
n=lambda i: bytes([i]*12)
v={"master":M.hex(),"tenant":T,"person":S,"file":F,
 "master_id":"env:"+head(M)[1:].hex(),
 "tenant_key":KT.hex(),"person_key":KP.hex(),
 "wrapped_tenant":seal(M,"wrap",n(1),parts("tenant-key",T),KT).hex(),
 "wrapped_person":seal(KT,"wrap",n(2),parts("person-key",T,S),KP).hex(),
 "table":"accounts","row":F,"column":"full_name",
 "aad":parts("accounts",F,"full_name").hex(),
 "plain":"Rina Maharani",
 "sealed_person":seal(KP,"value",n(3),parts("accounts",F,"full_name"),b"Rina Maharani").hex(),
 "sealed_tenant":seal(KT,"value",n(4),parts("accounts",F,"full_name"),b"Rina Maharani").hex(),
 "sealed_empty":seal(KP,"value",n(5),parts("accounts",F,"full_name"),b"").hex(),
 "index_column":"accounts.email","index_value":"rina@example.com",
 "index":hmac.new(d(KT,"index"),parts("accounts.email","rina@example.com"),hashlib.sha256).hexdigest(),
}
# File: Tink AES256_GCM_HKDF streaming, 64 KiB segments, two segments.
content=bytes((i*7+(i>>8))&255 for i in range(70000))
salt=bytes([0xA5]*32); prefix=bytes([0x5A]*7)
h=head(KP); aad=h+parts("file",F)
dk=HKDF(hashes.SHA256(),32,salt,aad).derive(d(KP,"file"))
hdr=bytes([40])+salt+prefix
first=65536-16-40
segs=[content[:first],content[first:]]
out=h+hdr
for i,s in enumerate(segs):
    out+=AESGCM(dk).encrypt(prefix+i.to_bytes(4,"big")+bytes([1 if i==len(segs)-1 else 0]),s,None)
v["content_sha256"]=hashlib.sha256(content).hexdigest(); v["sealed_file_prefix"]=out[:45].hex()
open("file.sealed","wb").write(out)
json.dump(v,open("vectors.json","w"),indent=2); open("vectors.json","a").write("\n")
