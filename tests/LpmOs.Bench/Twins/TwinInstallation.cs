using System.Security.Cryptography;
using LpmOs.Agent.Install;
using LpmOs.Agent.Reporting;
using LpmOs.Contracts.Agents;
using LpmOs.Contracts.Tasks;

namespace LpmOs.Bench.Twins;

/// <summary>Goes through an installation as far as the services see it: the image is fetched and its digest compared with the plan's; no disk is there to be written.</summary>
internal sealed class TwinInstallation(HttpClient http, Uri boot, ProgressReporter progress, FleetCounts counts, Func<string, ValueTask> mishap, Action<FirstBootCall> installed) : IInstallation
{
    public async Task RunAsync(InstallPlan? plan, InstallOrder order, CancellationToken cancellationToken)
    {
        if (plan?.Image is not { } image || order.FirstBoot is not { } firstBoot)
            throw new TwinException("os_install came without an image or a first-boot call.");
        await StepAsync(ProgressSteps.InstallStart);
        await StepAsync(ProgressSteps.Partitioning);
        await StepAsync(ProgressSteps.Downloading);
        await FetchAsync(image, cancellationToken);
        foreach (var step in new[] { ProgressSteps.Installing, ProgressSteps.Configuring, ProgressSteps.Finalizing })
            await StepAsync(step);
        installed(firstBoot);

        async Task StepAsync(string step)
        {
            progress.Step(step, step);
            await progress.DrainAsync(cancellationToken);
            await mishap(step);
        }
    }

    private async Task FetchAsync(ImagePlan image, CancellationToken cancellationToken)
    {
        var begun = counts.Begin("http image");
        using var answer = await http.GetAsync(new Uri(boot, image.Url), HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (buffer, length) = (new byte[64 * 1024], 0L);
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            digest.AppendData(buffer, 0, read);
            length += read;
            progress.Report(ProgressSteps.Downloading, 60 + (int)(10 * length / image.SizeBytes), "Fetching the image");
        }
        counts.Received(length);
        counts.End("http image", begun);
        if (Convert.ToHexStringLower(digest.GetHashAndReset()) != image.Sha256)
            throw new TwinException($"The image has not the digest that the plan has: {length} bytes of {image.SizeBytes} came.");
    }
}
