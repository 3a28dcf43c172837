using LpmOs.OpenApi;

if (args is not [var folder, var templates])
{
    Console.Error.WriteLine("Usage: LpmOs.OpenApi FOLDER TEMPLATES: writes tasks.json, regional.json and boot.json to FOLDER.");
    return 2;
}
foreach (var name in ServiceDocuments.Names)
    await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.json"), await ServiceDocuments.WriteAsync(name, templates, CancellationToken.None));
return 0;
