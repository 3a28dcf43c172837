using LpmOs.OpenApi;

if (args is not [var folder, var templates, var docs])
{
    Console.Error.WriteLine("Usage: LpmOs.OpenApi FOLDER TEMPLATES DOCS: writes tasks.json, regional.json and boot.json to FOLDER, and roles.md to DOCS.");
    return 2;
}
foreach (var name in ServiceDocuments.Names)
    await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.json"), await ServiceDocuments.WriteAsync(name, templates, CancellationToken.None));
await File.WriteAllTextAsync(Path.Combine(docs, "roles.md"), await RolePage.WriteAsync(templates, CancellationToken.None));
return 0;
