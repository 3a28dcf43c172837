# LpmOs boots servers with this Windows DHCP server: run in an administrator's PowerShell. Set the scope first.
# Boot service: {url}, TFTP: {tftp}
$scope = '192.0.2.0'
Add-DhcpServerv4Class -Name 'LpmOs iPXE' -Type User -Data 'iPXE' -ErrorAction SilentlyContinue
foreach ($class in @('00006', '00007', '00009')) {
  Add-DhcpServerv4Class -Name "LpmOs UEFI x64 $class" -Type Vendor -Data "PXEClient:Arch:$class" -ErrorAction SilentlyContinue
}
Add-DhcpServerv4Class -Name 'LpmOs UEFI arm64' -Type Vendor -Data 'PXEClient:Arch:00011' -ErrorAction SilentlyContinue
Add-DhcpServerv4Class -Name 'LpmOs UEFI HTTP' -Type Vendor -Data 'HTTPClient:Arch:00016' -ErrorAction SilentlyContinue
Add-DhcpServerv4Class -Name 'LpmOs UEFI HTTP arm64' -Type Vendor -Data 'HTTPClient:Arch:00019' -ErrorAction SilentlyContinue
# What all others, that is BIOS, are told.
Set-DhcpServerv4OptionValue -ScopeId $scope -OptionId 66 -Value '{tftp}'
Set-DhcpServerv4OptionValue -ScopeId $scope -OptionId 67 -Value 'undionly.kpxe'
# Policies in order: the first that fits counts. iPXE is told a script, never a boot program: no chain can loop.
Add-DhcpServerv4Policy -Name 'LpmOs iPXE' -ScopeId $scope -Condition Or -UserClass EQ, 'LpmOs iPXE' -ProcessingOrder 1
Set-DhcpServerv4OptionValue -ScopeId $scope -PolicyName 'LpmOs iPXE' -OptionId 67 -Value '{url}/boot.ipxe'
Add-DhcpServerv4Policy -Name 'LpmOs UEFI x64' -ScopeId $scope -Condition Or -VendorClass EQ, 'LpmOs UEFI x64 00006*', EQ, 'LpmOs UEFI x64 00007*', EQ, 'LpmOs UEFI x64 00009*' -ProcessingOrder 2
Set-DhcpServerv4OptionValue -ScopeId $scope -PolicyName 'LpmOs UEFI x64' -OptionId 67 -Value '{efi}'
Add-DhcpServerv4Policy -Name 'LpmOs UEFI arm64' -ScopeId $scope -Condition Or -VendorClass EQ, 'LpmOs UEFI arm64*' -ProcessingOrder 3
Set-DhcpServerv4OptionValue -ScopeId $scope -PolicyName 'LpmOs UEFI arm64' -OptionId 67 -Value 'grubaa64.efi'
# UEFI HTTP boot takes only an answer with its own class (option 60).
Add-DhcpServerv4OptionDefinition -Name 'Vendor class' -OptionId 60 -Type String -ErrorAction SilentlyContinue
Add-DhcpServerv4Policy -Name 'LpmOs UEFI HTTP' -ScopeId $scope -Condition Or -VendorClass EQ, 'LpmOs UEFI HTTP*' -ProcessingOrder 4
Set-DhcpServerv4OptionValue -ScopeId $scope -PolicyName 'LpmOs UEFI HTTP' -OptionId 60 -Value 'HTTPClient'
Set-DhcpServerv4OptionValue -ScopeId $scope -PolicyName 'LpmOs UEFI HTTP' -OptionId 67 -Value '{url}/files/ipxe/snponly.efi'
Add-DhcpServerv4Policy -Name 'LpmOs UEFI HTTP arm64' -ScopeId $scope -Condition Or -VendorClass EQ, 'LpmOs UEFI HTTP arm64*' -ProcessingOrder 5
Set-DhcpServerv4OptionValue -ScopeId $scope -PolicyName 'LpmOs UEFI HTTP arm64' -OptionId 60 -Value 'HTTPClient'
Set-DhcpServerv4OptionValue -ScopeId $scope -PolicyName 'LpmOs UEFI HTTP arm64' -OptionId 67 -Value '{url}/files/ipxe/grubaa64.efi'
