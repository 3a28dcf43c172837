{{- include 'snippets/settings.txt' -}}
@echo off
rem LpmOs: {{ task.id | quote.word }}. Rendered for one machine, as it was approved. Run by Windows PE.
wpeinit
set SYS=X:\Windows\System32
set CURL=%SYS%\curl.exe -sS -m 60
set CALL=%CURL% -f -o X:\answer.json -H "Authorization: Bearer {{ token | quote.word }}" -H "Content-Type: application/json"
set FETCH=%SYS%\curl.exe -fsS --retry 10 --retry-connrefused --speed-limit 1 --speed-time 60
set SCRIPT=cscript //nologo //e:jscript
set URL={{ regional_url + "/api/v1/" | quote.word }}
for %%f in (start.json begun.json writing.json finished.json done.json rebooted.json failed.js disk.js) do %FETCH% -o X:\%%f {{ files | quote.word }}%%f

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
set WHY=The planned disk is not there, or not alone
for /f %%i in ('%SCRIPT% X:\disk.js') do call :found %%i
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
set WHY=diskpart could not partition disk %DISK%
diskpart /s X:\disk.txt >> X:\lpmos.log 2>&1 || goto failed
%CALL% -d @X:\writing.json %URL%progress
set WHY=The image could not be fetched
%FETCH% -o W:\install.wim {{ boot_url + assets.image | quote.word }} 2>> X:\lpmos.log || goto failed
set WHY=The image could not be applied
dism /Apply-Image /ImageFile:W:\install.wim /Index:{{ ((object.has_key variables "image_index") ? variables.image_index : os.options.image_index) | quote.word }} /ApplyDir:W:\ /LogPath:X:\dism.log || goto failed
del W:\install.wim
set WHY=The boot loader could not be written
bcdboot W:\Windows /s S: /f {{ machine.boot_mode == "uefi" ? "UEFI" : "BIOS" }} >> X:\lpmos.log 2>&1 || goto failed
set WHY=The answer file and what runs at the first start could not be laid into the new system
mkdir W:\Windows\Panther 2>nul
mkdir W:\Windows\Setup\Scripts 2>nul
copy /y %SYS%\autounattend.xml W:\Windows\Panther\unattend.xml >> X:\lpmos.log 2>&1 || goto failed
%FETCH% -o W:\Windows\Setup\Scripts\first-boot.ps1 {{ files + "first-boot.ps1" | quote.word }} 2>> X:\lpmos.log || goto failed
%FETCH% -o W:\Windows\Setup\Scripts\installed.json {{ files + "installed.json" | quote.word }} 2>> X:\lpmos.log || goto failed
echo powershell -NoProfile -ExecutionPolicy Bypass -File C:\Windows\Setup\Scripts\first-boot.ps1 > W:\Windows\Setup\Scripts\SetupComplete.cmd
%CALL% -d @X:\finished.json %URL%progress
call :said done.json
call :said rebooted.json
wpeutil reboot
exit /b 0

:found
set DISK=%1
set /a COUNT+=1
exit /b 0

rem The end of an operation, told until it is heard.
:said
set TRIES=0
:say
%CALL% -d @X:\%1 %URL%operations/next && exit /b 0
set /a TRIES+=1
if "%TRIES%"=="20" exit /b 1
ping -n 11 127.0.0.1 >nul
goto say

:failed
echo LpmOs: %WHY%. This machine starts again in 60 seconds.
%SCRIPT% X:\failed.js "%WHY%"
%CALL% -d @X:\logs.json %URL%logs
call :said failed.json
ping -n 61 127.0.0.1 >nul
wpeutil reboot
