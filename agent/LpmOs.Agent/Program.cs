Console.WriteLine("=== LPMOS Agent Started");
