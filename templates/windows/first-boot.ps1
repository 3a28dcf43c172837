# LpmOs: tells once that this system is installed, with the one-time token beside it; then removes both.
$folder = 'C:\Windows\Setup\Scripts'
$pause = 1
while ($true) {
  try {
    Invoke-RestMethod -Method Post -TimeoutSec 20 -ContentType 'application/json' -InFile "$folder\installed.json" -Uri '{{ regional_url + "/api/v1/installed" | quote.word }}' | Out-Null
    break
  } catch {
    Start-Sleep -Seconds $pause
    $pause = [Math]::Min(60, $pause * 2)
  }
}
Remove-Item -Force "$folder\installed.json", "$folder\first-boot.ps1"
