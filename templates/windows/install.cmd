{{- include 'snippets/settings.txt' -}}
@echo off
rem LpmOs: {{ task.id | quote.word }}. Rendered for one machine, as it was approved. Run by Windows PE.
wpeinit
set SYS=X:\Windows\System32
set CALL=%SYS%\curl.exe -sS -m 60 -o X:\answer.json -H "Authorization: Bearer {{ token | quote.word }}" -H "Content-Type: application/json"
set URL={{ regional_url + "/api/v1/" | quote.word }}
for %%f in (start begun writing finished done rebooted failed) do %SYS%\curl.exe -sS -m 60 -o X:\%%f.json {{ files | quote.word }}%%f.json
%SYS%\curl.exe -sS -m 60 -o X:\disk.js {{ files | quote.word }}disk.js

:start
%CALL% -d @X:\start.json %URL%operations/next
find "os_install" X:\answer.json >nul 2>&1 && goto begun
ping -n 11 127.0.0.1 >nul
find "complete" X:\answer.json >nul 2>&1 && wpeutil reboot
goto start

:begun
%CALL% -d @X:\begun.json %URL%progress
set DISK=
set COUNT=0
rem The one disk that was approved, by serial number or size. Windows Server 2025 comes without wmic.
if not exist %SYS%\wbem\wmic.exe goto script
{{ if disk.serial -}}
for /f "tokens=2 delims==" %%i in ('wmic diskdrive where "SerialNumber like '%%{{ disk.serial | quote.word | string.replace "%" "" }}%%'" get Index /value ^| find "="') do call :found %%i
{{ else -}}
for /f "tokens=2 delims==" %%i in ('wmic diskdrive where "Size > {{ disk.size_bytes - 20000000 }} and Size <= {{ disk.size_bytes }}" get Index /value ^| find "="') do call :found %%i
{{ end -}}
goto counted
:script
for /f %%i in ('cscript //nologo //e:jscript X:\disk.js') do call :found %%i
:counted
if not "%COUNT%"=="1" goto failed
(
  echo select disk %DISK%
  echo clean
  echo convert {{ machine.boot_mode == "uefi" ? "gpt" : "mbr" }}
{{~ if machine.boot_mode == "uefi" ~}}
  echo create partition efi size=300
  echo format quick fs=fat32
  echo assign letter=S
  echo create partition msr size=16
{{~ else ~}}
  echo create partition primary size=500
  echo format quick fs=ntfs
  echo active
  echo assign letter=S
{{~ end ~}}
  echo create partition primary
  echo format quick fs=ntfs
  echo assign letter=W
) > X:\disk.txt
diskpart /s X:\disk.txt || goto failed
%CALL% -d @X:\writing.json %URL%progress
%SYS%\curl.exe -fsS -o W:\install.wim {{ boot_url + assets.image | quote.word }} || goto failed
dism /Apply-Image /ImageFile:W:\install.wim /Index:{{ ((object.has_key variables "image_index") ? variables.image_index : os.options.image_index) | quote.word }} /ApplyDir:W:\ || goto failed
del W:\install.wim
bcdboot W:\Windows /s S: /f {{ machine.boot_mode == "uefi" ? "UEFI" : "BIOS" }} || goto failed
mkdir W:\Windows\Panther 2>nul
mkdir W:\Windows\Setup\Scripts 2>nul
copy /y %SYS%\autounattend.xml W:\Windows\Panther\unattend.xml || goto failed
%SYS%\curl.exe -fsS -o W:\Windows\Setup\Scripts\first-boot.ps1 {{ files + "first-boot.ps1" | quote.word }} || goto failed
%SYS%\curl.exe -fsS -o W:\Windows\Setup\Scripts\installed.json {{ files + "installed.json" | quote.word }} || goto failed
echo powershell -NoProfile -ExecutionPolicy Bypass -File C:\Windows\Setup\Scripts\first-boot.ps1 > W:\Windows\Setup\Scripts\SetupComplete.cmd
%CALL% -d @X:\finished.json %URL%progress
for /l %%n in (1,1,10) do %CALL% -d @X:\done.json %URL%operations/next && goto reboot
goto failed
:reboot
%CALL% -d @X:\rebooted.json %URL%operations/next
wpeutil reboot
exit /b 0

:found
set DISK=%1
set /a COUNT+=1
exit /b 0

:failed
%CALL% -d @X:\failed.json %URL%operations/next
echo LpmOs: the installation failed. This machine starts again in 60 seconds.
ping -n 61 127.0.0.1 >nul
wpeutil reboot
