package softphone_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"ringbook/softphone"
)

// page is a softphone in one screen: it says what Chromium's fake microphone says, and reports once it hears an echo of it.
const page = `<!doctype html><script>
let last = '';
const stop = new Promise(r => setTimeout(() => r({error: 'nothing was heard: ' + last}), 15000));
async function phone() {
  const pc = new RTCPeerConnection();
  const mic = await navigator.mediaDevices.getUserMedia({audio: true});
  pc.ontrack = e => { const a = new Audio(); a.srcObject = e.streams[0]; a.play(); };
  pc.addTrack(mic.getTracks()[0], mic);
  await pc.setLocalDescription(await pc.createOffer());
  const began = performance.now();
  const r = await fetch('/offer', {method: 'POST', body: pc.localDescription.sdp});
  await pc.setRemoteDescription({type: 'answer', sdp: await r.text()});
  for (;;) {
    await new Promise(r => setTimeout(r, 20));
    const all = [...(await pc.getStats()).values()];
    const heard = all.find(s => s.type === 'inbound-rtp');
    const sent = all.find(s => s.type === 'remote-inbound-rtp');
    last = JSON.stringify([heard, sent]);
    if (!heard || heard.packetsReceived < 50 || !(heard.totalAudioEnergy > 0) || !sent) continue;
    const codec = all.find(s => s.id === heard.codecId), transport = all.find(s => s.type === 'transport');
    return {codec: codec.mimeType, srtp: transport.srtpCipher, lost: heard.packetsLost, rtt: sent.roundTripTime, took: performance.now() - began};
  }
}
Promise.race([phone().catch(e => ({error: String(e)})), stop])
  .then(r => fetch('/result', {method: 'POST', body: JSON.stringify(r)}));
</script>`

func TestChromiumSpeaksAndHears(t *testing.T) {
	t.Parallel()
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("chromium is not installed: apt-get install chromium")
	}
	g := gateway(t, func(o *softphone.Options) { o.Media = "0.0.0.0:0" })
	if err := g.Leg("echo", anna, mirror(t)); err != nil {
		t.Fatal(err)
	}
	g.Connect("echo")
	result := make(chan []byte, 1)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, page) })
	mux.HandleFunc("POST /offer", func(w http.ResponseWriter, r *http.Request) {
		offer, _ := io.ReadAll(r.Body)
		answer, err := g.Open(anna, string(offer), nil)
		if err != nil {
			t.Errorf("Chromium's offer: %v", err)
		}
		_, _ = io.WriteString(w, answer)
	})
	mux.HandleFunc("POST /result", func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		result <- b
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	cmd := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
		"--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", "--allow-loopback-in-peer-connection",
		"--autoplay-policy=no-user-gesture-required", "--user-data-dir="+t.TempDir(), srv.URL)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	var got struct {
		Error, Codec, SRTP string
		Lost               int
		RTT, Took          float64
	}
	b := within(t, result, "Chromium's report")
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	t.Logf("Chromium: %s; we: %+v", b, g.Stats(anna))
	if got.Error != "" || got.Codec != "audio/PCMA" || !strings.Contains(got.SRTP, "GCM") {
		t.Errorf("Chromium reports %s", b)
	}
}

// mirror is a leg of Asterisk's that sends back whatever it hears; it gives its address.
func mirror(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	go func() {
		b := make([]byte, 2048)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			_, _ = c.WriteTo(b[:n], from)
		}
	}()
	return c.LocalAddr().String()
}
